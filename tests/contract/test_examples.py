"""Every body of the description has an example, and whoever sends it is answered."""

import jsonschema_rs
import pytest

from tests.api.serving import Served
from tests.contract.asking import Asking, Operation


@pytest.fixture(scope="module")
def asking(tried: Served) -> Asking:
    return Asking(tried)


def _unlike(operation: Operation) -> dict[str, object]:
    """What has to differ from the example that is there already."""
    return {
        "createCandidate": {"sourceId": "AM06-1"},
        "createVacancy": {"sourceId": "SROI-1"},
        "createAccount": {"email": "twee@wsp.example", "knownAs": "adviseur 13"},
        "createOrganisation": {"name": "Groen & Zonen"},
    }.get(operation.id, {})


def test_the_example_of_every_body_is_accepted(asking: Asking) -> None:
    without, refused = [], {}
    for operation in asking.operations():
        if operation.body is None:
            continue
        if operation.example is None:
            without.append(operation.id)
            continue
        candidate, vacancy = asking.new_candidate(), asking.new_vacancy()  # nothing stands in the way of what is asked
        others = {"candidateId": candidate} if operation.method == "POST" else {}
        asking.ids |= {"c_voorbeeld": candidate, "v_voorbeeld": vacancy}
        asking.served.service.keeper.catch_up()
        body = asking.body(operation.example | _unlike(operation))
        answer = asking.send(operation, asking.path(operation.template, others), body)
        if answer.status_code not in (200, 201):
            refused[operation.id] = answer.text
        if not jsonschema_rs.is_valid(asking.resolved(operation.body), body, validate_formats=True):
            refused[operation.id] = "it is not as the description says that it has to be"
    assert (without, refused) == ([], {})
