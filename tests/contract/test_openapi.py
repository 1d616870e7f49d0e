"""What the API says of itself is what it does: schemathesis tries every operation, with what is right and what is not.

That a request fits the schema does not mean that it is accepted: fields have rules together, such as from before to,
that a schema cannot say.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.stateful.state_machine import APIStateMachine

from matching.actors import Grant, Role
from tests.api.serving import Served

NOT_ASKED = ("positive_data_acceptance", "missing_required_header")
URL_TOO_LONG = 414
WAYS, STEPS = 40, 15  # sequences of operations
FEW, MANY = 1, 25  # cases of each operation, of what is right and of what is not


@pytest.fixture(scope="module")
def headers(tried: Served) -> dict[str, str]:
    """Somebody who may nearly everything: each role that an account can have without being one person."""
    roles = (Role.ADVISER, Role.AUDITOR, Role.ADMINISTRATOR, Role.COORDINATOR, Role.COACH)
    client = tried.signed_in(*(Grant(role) for role in roles), known_as="coach 7")
    return {"Authorization": client.headers["Authorization"]}


def operations(tried: Served) -> Iterator[Any]:
    described = schemathesis.openapi.from_asgi("/v1/openapi.json", tried.app)
    for found in described.get_all_operations():
        yield found.ok()


def failures(tried: Served, headers: dict[str, str], n_cases: int) -> dict[str, str]:
    """What went wrong, by operation; each is tried to its end."""
    load_all_checks()
    excluded = [CHECKS.get_one(name) for name in NOT_ASKED]
    found: dict[str, str] = {}
    for operation in operations(tried):
        for mode in GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=n_cases,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
            )
            def tries(case: Any) -> None:
                assume(None not in dict(case.query or {}).values())  # nothing is sent of it
                response = case.call(headers=headers)
                if is_to_be_judged(response):
                    case.validate_response(response, excluded_checks=excluded)

            try:
                tries()
            except BaseExceptionGroup as error:
                found[f"{operation.label} ({mode.value})"] = "; ".join(str(one) for one in error.exceptions)[:2_000]
            except Exception as error:
                found[f"{operation.label} ({mode.value})"] = str(error)[:2_000]
    return found


def is_to_be_judged(response: Any) -> bool:
    return bool(response.status_code != URL_TOO_LONG)  # a refusal too, that schemathesis does not count as one


def test_every_operation_does_what_the_description_says(tried: Served, headers: dict[str, str]) -> None:
    assert failures(tried, headers, FEW) == {}


@pytest.mark.soak
def test_every_operation_does_so_thousands_of_times(tried: Served, headers: dict[str, str]) -> None:
    assert failures(tried, headers, MANY) == {}


@pytest.mark.soak
def test_one_operation_after_another_does_so_on_what_the_first_one_made(tried: Served, headers: dict[str, str]) -> None:
    """Ways through the API: what is made is found, changed and taken away, by ids that earlier answers gave."""
    load_all_checks()
    excluded = [CHECKS.get_one(name) for name in NOT_ASKED]
    machine: type[APIStateMachine] = schemathesis.openapi.from_asgi("/v1/openapi.json", tried.app).as_state_machine()
    statuses: Counter[int] = Counter()

    class Way(machine):  # type: ignore[misc, valid-type]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, *args: Any, **kwargs: Any) -> None:
            statuses[response.status_code] += 1
            if is_to_be_judged(response):
                case.validate_response(response, excluded_checks=excluded)

    unlike = 0
    for number in range(WAYS):  # one at a time: a way cannot be gone again, for ids differ
        try:
            seed(number)(Way).run(
                settings=settings(
                    max_examples=2,  # the first is the simplest there is
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                    phases=(Phase.generate,),
                )
            )
        except FlakyStrategyDefinition:
            unlike += 1
    assert unlike < WAYS / 2
    assert sum(statuses.values()) > 500
    assert statuses[200] > 100
