"""Whatever is asked of one person, and answered, leaves an entry about her on the record."""

from matching.database import session_scope
from matching.record import RecordFilter, page_of_record
from tests.api.serving import Served
from tests.contract.asking import Asking, Operation

NOTHING_CHANGED: dict[str, dict[str, object]] = {"changeCandidate": {}}  # she is shown all the same


def _n_entries(asking: Asking, candidate_id: str) -> int:
    with session_scope(asking.served.service.engine, read_only=True) as session:
        return len(page_of_record(session, RecordFilter(candidate_id=candidate_id), limit=500).items)


def _asked(asking: Asking, operation: Operation, body: object) -> tuple[str, bool]:
    """The answer's status, and whether it left an entry; erasure is asked of somebody else."""
    her = asking.new_candidate() if operation.id == "eraseCandidate" else asking.named["candidateId"]
    before = _n_entries(asking, her)
    answer = asking.send(operation, asking.path(operation.template, {"candidateId": her}), body)
    return str(answer.status_code), _n_entries(asking, her) > before


def test_every_look_at_one_person_and_every_change_is_on_the_record(tried: Served) -> None:
    asking = Asking(tried)
    asked, silent = set(), []
    for operation in asking.operations():
        if "{candidateId}" not in operation.template:
            continue
        bodies = [None if operation.body is None else asking.body(operation.example)]
        bodies += [NOTHING_CHANGED[operation.id]] if operation.id in NOTHING_CHANGED else []
        for body in bodies:
            status, left = _asked(asking, operation, body)
            if status.startswith("2"):
                asked.add(operation.id)
                if not left:
                    silent.append(operation.id)
    assert {"getCandidate", "changeCandidate", "listPauses", "listLegalBases", "createLegalBasis"} <= asked
    assert silent == []
