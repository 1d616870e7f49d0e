"""`/v1/audit-entries`: the record, for auditors."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import AwareDatetime, Field

from api.dependencies import Needs, SessionDep
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import only
from api.schemas.profiles import Id
from api.schemas.ranking import Body
from matching.actors import Role
from matching.record import Recorded, RecordFilter, RecordKind, page_of_record
from matching.tables.base import ID_LENGTH

router = api_router(prefix="/audit-entries", tags=["audit"])
_Id = Annotated[str | None, Query(max_length=ID_LENGTH, pattern="^[a-z0-9_]+$")]
_Code = Annotated[str, Field(max_length=64)]


class AuditEntryBody(Body):
    """One thing that happened, in codes and ids. `sealed`: it stands in a batch that the chain protects."""

    id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    at: datetime
    kind: RecordKind
    account_id: Id | None
    role: Role | None
    organisation_id: Id | None
    candidate_id: Id | None
    about: _Code | None
    request_id: _Code | None
    basis: _Code | None
    details: Annotated[dict[str, Any], Field(max_length=50)]
    sealed: bool


class AuditEntriesBody(Body):
    """A page of the record, the newest first."""

    items: Annotated[list[AuditEntryBody], Field(max_length=200)]
    next: Annotated[str, Field(max_length=8_192)] | None


@router.get(
    "",
    dependencies=[Depends(Needs(only(Role.AUDITOR)))],
    response_model=AuditEntriesBody,
    operation_id="listAuditEntries",
)
def list_entries(
    session: SessionDep,
    paging: PagingDep,
    kind: Annotated[list[RecordKind], Query(max_length=len(RecordKind))] = [],  # noqa: B006 - pydantic copies it
    account_id: Annotated[_Id, Query(alias="accountId")] = None,
    candidate_id: Annotated[_Id, Query(alias="candidateId")] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> dict[str, Any]:
    """Who looked at whom and who changed what, the newest first."""
    wanted = RecordFilter(frozenset(kind) or None, account_id, candidate_id, since, until)
    cursor = None if paging.after is None else str(paging.after[0])
    page = page_of_record(session, wanted, limit=paging.limit, cursor=cursor)
    following = None if page.next is None else paging.next([page.next])
    return {"items": [_body(one) for one in page.items], "next": following}


def _body(entry: Recorded) -> AuditEntryBody:
    return AuditEntryBody(
        id=entry.id,
        at=entry.at,
        kind=entry.kind,
        account_id=entry.account_id,
        role=entry.role,
        organisation_id=entry.organisation_id,
        candidate_id=entry.about_candidate,
        about=entry.about,
        request_id=entry.request_id,
        basis=entry.basis,
        details=entry.details,
        sealed=entry.batch is not None,
    )
