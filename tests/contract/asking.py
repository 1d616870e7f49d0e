"""Every operation of the API as it can be asked, in a world that has one of everything: paths filled in, bodies that
are accepted."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from api.schemas.examples import CANDIDATE_ID, EXAMPLES, ORGANISATION_ID, VACANCY_ID
from matching.actors import Grant, Role
from tests.api.serving import Served

ANY_VERSION = {"If-Match": "*"}


@dataclass(frozen=True)
class Operation:
    """What can be asked: its parameters and the schema of its body, references resolved by `Asking.resolved`."""

    id: str
    method: str
    template: str
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any] | None
    media_type: str | None

    @property
    def example(self) -> Any:
        """The body of the description, ids and all."""
        return EXAMPLES.get(self.id)


class Asking:
    """An account that may nearly everything, and one of everything that a path can name."""

    def __init__(self, served: Served) -> None:
        roles = (Role.ADVISER, Role.AUDITOR, Role.ADMINISTRATOR, Role.COORDINATOR, Role.COACH)
        self.client: TestClient = served.signed_in(*(Grant(role) for role in roles), known_as="coach 7")
        self.served = served
        self.document: dict[str, Any] = self.client.get("/v1/openapi.json").json()
        self._names = 0
        organisation = self._made("/v1/organisations", "createOrganisation", {})
        self.ids: dict[str, str] = {ORGANISATION_ID: organisation}
        candidate, vacancy = self.new_candidate(), self.new_vacancy()
        self.ids |= {CANDIDATE_ID: candidate, VACANCY_ID: vacancy}
        introduction = self._made("/v1/introductions", "createIntroduction", {})
        account = self._made("/v1/accounts", "createAccount", {"email": "een@wsp.example"})
        outcomes = self.client.get(f"/v1/introductions/{introduction}/outcomes").json()["items"]
        self.named = {
            "organisationId": organisation,
            "candidateId": candidate,
            "vacancyId": vacancy,
            "introductionId": introduction,
            "outcomeId": outcomes[0]["id"],
            "accountId": account,
            "placementId": self._made("/v1/placements", "createPlacement", {}),
            "pauseId": self._made(f"/v1/candidates/{candidate}/pauses", "createPause", {}),
            "shortlistId": self._made("/v1/shortlists", "createShortlist", {}),
            "searchId": self._made("/v1/saved-searches", "createSavedSearch", {}),
            "mandateId": self._made("/v1/mandates", "createMandate", {}),
            "tokenId": self._made("/v1/tokens", "createToken", {}),
            "grantId": self._made(f"/v1/accounts/{account}/grants", "createGrant", {"role": "auditor", "region": None}),
        }
        served.service.keeper.catch_up()

    def new_candidate(self) -> str:
        """Another person like that of the example, open to be introduced; her id."""
        self._names += 1
        unlike = {"sourceId": f"n-{self._names}", "pause": None, "responsibleOrganisation": None}
        return self._made("/v1/candidates", "createCandidate", unlike)

    def new_vacancy(self) -> str:
        """Another vacancy like that of the example; its id."""
        self._names += 1
        return self._made("/v1/vacancies", "createVacancy", {"sourceId": f"n-{self._names}"})

    def operations(self) -> Iterator[Operation]:
        """All that the description of the API has."""
        for template, item in self.document["paths"].items():
            for method, operation in item.items():
                content = operation.get("requestBody", {}).get("content", {})
                (media_type, told), *_ = [*content.items(), (None, {})]
                yield Operation(
                    operation["operationId"],
                    method.upper(),
                    f"/v1{template}",
                    tuple(operation.get("parameters", ())),
                    self.resolved(told["schema"]) if told else None,
                    media_type,
                )

    def path(self, template: str, others: Mapping[str, str] | None = None) -> str:
        """The path with the ids of what is there."""
        ids = self.named | dict(others or {})
        return re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], template)

    def body(self, example: Any) -> Any:
        """An example with ids that are there."""
        text = json.dumps(example)
        for placeholder, identifier in self.ids.items():
            text = text.replace(placeholder, identifier)
        return json.loads(text)

    def send(self, operation: Operation, path: str, body: Any, **options: Any) -> Any:
        """Ask; of whatever version what is changed is."""
        headers = dict(ANY_VERSION)
        if body is not None:
            headers["Content-Type"] = operation.media_type or "application/json"
            options["content"] = json.dumps(body)
        return self.client.request(operation.method, path, headers=headers, **options)

    def resolved(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """A schema beside the definitions that it refers to, for a validator."""
        return dict(schema) | {"components": self.document["components"]}

    def _made(self, path: str, operation: str, unlike: Mapping[str, Any]) -> str:
        body = {name: value for name, value in {**EXAMPLES[operation], **unlike}.items() if value is not None}
        answer = self.client.post(path, json=self.body(body) if hasattr(self, "ids") else body)
        assert answer.status_code == 201, (operation, answer.text)
        found: str = answer.json()["id"]
        return found
