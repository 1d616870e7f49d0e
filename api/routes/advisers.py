"""`/v1/shortlists`, `/v1/saved-searches`: lists to work with and searches to ask again, one's own or shared."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from api.dependencies import MomentDep, Needs, ReachDep, SessionDep, TrailDep, tell
from api.http.etags import IfMatchDep, answer_with_version
from api.http.idempotency import ONCE
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import only, rank_candidates, read_candidate
from api.schemas.advisers import (
    ListedBody,
    SavedSearchBody,
    SavedSearchContent,
    SavedSearchesBody,
    ShortlistBody,
    ShortlistContent,
    ShortlistsBody,
    search_body,
    shortlist_body,
)
from api.schemas.profiles import Patch, patched_body
from matching import advisers
from matching.actors import Role
from matching.advisers import Listed
from matching.clock import date_of
from matching.errors import NotFound
from matching.facts import candidate_facts, vacancy_facts
from matching.reach import Reach
from matching.record import RecordKind
from matching.tables.base import ID_LENGTH

ADVISER = [Depends(Needs(only(Role.ADVISER)))]
_ID = {"pattern": "^[a-z0-9_]+$", "max_length": ID_LENGTH}
ShortlistId = Annotated[str, Path(alias="shortlistId", **_ID)]
SearchId = Annotated[str, Path(alias="searchId", **_ID)]

router = api_router(tags=["advisers"])


@router.get("/shortlists", dependencies=ADVISER, response_model=ShortlistsBody, operation_id="listShortlists")
def list_shortlists(
    session: SessionDep, reach: ReachDep, moment: MomentDep, paging: PagingDep, trail: TrailDep
) -> dict[str, Any]:
    """Your own shortlists and those shared in your region, newest first; of these the people whom you see."""
    rows = advisers.shortlists_for(session, reach, after=_after(paging), limit=paging.limit + 1)
    page, following = paging.page(rows, lambda row: [row["created_at"].isoformat(), row["id"]])
    shown = advisers.as_seen(session, reach, page, date_of(moment))
    for row in shown:
        trail.note(RecordKind.SEARCH_SHOWN, about=row["id"], shown=[one.candidate_id for one in row["people"]])
    return {"items": [shortlist_body(row, reach.actor.account_id) for row in shown], "next": following}


@router.post("/shortlists", status_code=201, dependencies=[*ADVISER, ONCE], operation_id="createShortlist")
def create_shortlist(
    content: ShortlistContent,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
) -> ShortlistBody:
    """Make a shortlist."""
    _check(session, reach, content, moment)
    values = content.model_dump(include={"title", "vacancy_id", "shared"})
    made = advisers.save_shortlist(session, reach, values, _people(content.people), now=moment)
    response.headers["Location"] = f"{request.url.path}/{made}"
    return _shortlist(request, response, session, reach, made, moment)


@router.get("/shortlists/{shortlistId}", dependencies=ADVISER, operation_id="getShortlist")
def get_shortlist(
    shortlist_id: ShortlistId,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    trail: TrailDep,
) -> ShortlistBody:
    """One shortlist, with the people on it whom you see."""
    body = _shortlist(request, response, session, reach, shortlist_id, moment)
    trail.note(RecordKind.SEARCH_SHOWN, about=shortlist_id, shown=[one.candidate_id for one in body.people])
    return body


@router.patch("/shortlists/{shortlistId}", dependencies=ADVISER, operation_id="changeShortlist")
def patch_shortlist(
    shortlist_id: ShortlistId,
    patch: Patch,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    if_match: IfMatchDep,
) -> ShortlistBody:
    """Change your own shortlist; `people` replaces all of its people."""
    row = advisers.shortlist_of(session, reach, shortlist_id, mine=True)
    if_match.require(row["version"])
    before = shortlist_body(row, reach.actor.account_id)
    content = patched_body(ShortlistContent, before, patch)
    _check(session, reach, content, moment)
    values = content.model_dump(include={"title", "vacancy_id", "shared"})
    advisers.save_shortlist(session, reach, values, _people(content.people), identifier=shortlist_id, now=moment)
    return _shortlist(request, response, session, reach, shortlist_id, moment)


@router.delete("/shortlists/{shortlistId}", status_code=204, dependencies=ADVISER, operation_id="deleteShortlist")
def delete_shortlist(shortlist_id: ShortlistId, session: SessionDep, reach: ReachDep) -> Response:
    """Take your own shortlist away."""
    advisers.delete_shortlist(session, reach, shortlist_id)
    return Response(status_code=204)


@router.get("/saved-searches", dependencies=ADVISER, response_model=SavedSearchesBody, operation_id="listSavedSearches")
def list_searches(session: SessionDep, reach: ReachDep, paging: PagingDep) -> dict[str, Any]:
    """Your own saved searches and those shared in your region, newest first."""
    rows = advisers.searches_for(session, reach, after=_after(paging), limit=paging.limit + 1)
    shown, following = paging.page(rows, lambda row: [row["created_at"].isoformat(), row["id"]])
    return {"items": [search_body(row, reach.actor.account_id) for row in shown], "next": following}


@router.post("/saved-searches", status_code=201, dependencies=[*ADVISER, ONCE], operation_id="createSavedSearch")
def create_search(
    content: SavedSearchContent,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
) -> SavedSearchBody:
    """Keep a search."""
    made = advisers.save_search(session, reach, _values(content), now=moment)
    response.headers["Location"] = f"{request.url.path}/{made}"
    return _search(request, response, session, reach, made)


@router.get("/saved-searches/{searchId}", dependencies=ADVISER, operation_id="getSavedSearch")
def get_search(
    search_id: SearchId, request: Request, response: Response, session: SessionDep, reach: ReachDep
) -> SavedSearchBody:
    """One saved search."""
    return _search(request, response, session, reach, search_id)


@router.patch("/saved-searches/{searchId}", dependencies=ADVISER, operation_id="changeSavedSearch")
def patch_search(
    search_id: SearchId,
    patch: Patch,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    if_match: IfMatchDep,
) -> SavedSearchBody:
    """Change your own saved search."""
    row = advisers.search_of(session, reach, search_id, mine=True)
    if_match.require(row["version"])
    content = patched_body(SavedSearchContent, search_body(row, reach.actor.account_id), patch)
    advisers.save_search(session, reach, _values(content), identifier=search_id, now=moment)
    return _search(request, response, session, reach, search_id)


@router.delete("/saved-searches/{searchId}", status_code=204, dependencies=ADVISER, operation_id="deleteSavedSearch")
def delete_search(search_id: SearchId, session: SessionDep, reach: ReachDep) -> Response:
    """Take your own saved search away."""
    advisers.delete_search(session, reach, search_id)
    return Response(status_code=204)


def _after(paging: PagingDep) -> tuple[str, str] | None:
    return None if paging.after is None else (str(paging.after[0]), str(paging.after[1]))


def _people(people: list[ListedBody]) -> list[Listed]:
    return [Listed(one.candidate_id, one.note) for one in people]


def _check(session: SessionDep, reach: Reach, content: ShortlistContent, moment: MomentDep) -> None:
    """Raise NotFound for a person or a vacancy that she does not see."""
    if content.vacancy_id is not None:
        unknown = NotFound("vacancy.unknown", id=content.vacancy_id)
        tell(rank_candidates(reach, vacancy_facts(session, content.vacancy_id)), unknown)
    for one in content.people:
        person = candidate_facts(session, one.candidate_id, date_of(moment))
        tell(read_candidate(reach, person), NotFound("candidate.unknown", id=one.candidate_id))


def _values(content: SavedSearchContent) -> dict[str, Any]:
    filters = content.filters.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return content.model_dump(include={"title", "text", "shared", "alerts"}) | {"filters": filters}


def _shortlist(
    request: Request, response: Response, session: SessionDep, reach: Reach, identifier: str, moment: MomentDep
) -> ShortlistBody:
    (row,) = advisers.as_seen(session, reach, [advisers.shortlist_of(session, reach, identifier)], date_of(moment))
    answer_with_version(request, response, row["version"])
    return shortlist_body(row, reach.actor.account_id)


def _search(
    request: Request, response: Response, session: SessionDep, reach: Reach, identifier: str
) -> SavedSearchBody:
    row = advisers.search_of(session, reach, identifier)
    answer_with_version(request, response, row["version"])
    return search_body(row, reach.actor.account_id)
