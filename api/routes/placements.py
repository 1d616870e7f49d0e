"""`/v1/placements`: where somebody works and learns, with what was promised there."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response, status

from api.dependencies import MomentDep, Needs, ReachDep, SessionDep, TrailDep
from api.dependencies_trajectories import NeedsNewPlacement, NeedsPlacement, PlacementId
from api.http.etags import IfMatchDep, answer_with_version
from api.http.idempotency import ONCE
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import only
from api.policies_trajectories import change_placement as may_change
from api.policies_trajectories import read_placement
from api.schemas.placements import (
    PlacementBody,
    PlacementChange,
    PlacementCreate,
    PlacementsBody,
    placement_body,
)
from matching.actors import Role
from matching.clock import date_of
from matching.record import RecordKind
from matching.tables.base import ID_LENGTH
from matching.trajectories import visible
from matching.trajectories.placements import (
    change_placement,
    create_placement,
    list_placements,
    load_placement,
    placement_to_change,
)

router = api_router(prefix="/placements", tags=["placements"])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(NeedsNewPlacement()), ONCE],
    operation_id="createPlacement",
)
def post_placement(
    body: PlacementCreate,
    request: Request,
    response: Response,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    trail: TrailDep,
) -> PlacementBody:
    """Put a placement on record; several may run in one trajectory, also at several employers."""
    made = create_placement(
        session,
        body.candidate_id,
        body.values(),
        promises=body.listed("promises") or (),
        milestones=body.listed("milestones") or (),
        made_by=reach.actor.account_id,
        now=moment,
    )
    trail.note(RecordKind.OUTCOME_RECORDED, about_candidate=body.candidate_id, about=made)
    response.headers["Location"] = f"/v1/placements/{made}"
    return _body(request, response, session, made)


@router.get("", dependencies=[Depends(Needs(only(Role.ADVISER, Role.COACH)))], operation_id="listPlacements")
def get_placements(
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    paging: PagingDep,
    trail: TrailDep,
    candidate_id: Annotated[
        str | None, Query(alias="candidateId", pattern="^[a-z0-9_]+$", max_length=ID_LENGTH)
    ] = None,
) -> PlacementsBody:
    """The placements of one's people, those that were recorded last first."""
    found = list_placements(
        session,
        visible.placements(reach, date_of(moment)),
        limit=paging.limit + 1,
        after=paging.after,
        candidate_id=candidate_id,
    )
    shown, following = paging.page(found, lambda one: (one.row["created_at"].isoformat(), one.row["id"]))
    items = [placement_body(one) for one in shown]
    trail.note(RecordKind.PROFILE_READ, shown=list(dict.fromkeys(one.candidate_id for one in items)))
    return PlacementsBody(items=items, next=following)


@router.get("/{placementId}", dependencies=[Depends(NeedsPlacement(read_placement))], operation_id="getPlacement")
def get_placement(
    placement_id: PlacementId, request: Request, response: Response, session: SessionDep, trail: TrailDep
) -> PlacementBody:
    """One placement."""
    body = _body(request, response, session, placement_id)
    trail.note(RecordKind.PROFILE_READ, about_candidate=body.candidate_id, about=placement_id)
    return body


@router.patch("/{placementId}", dependencies=[Depends(NeedsPlacement(may_change))], operation_id="changePlacement")
def patch_placement(
    placement_id: PlacementId,
    body: PlacementChange,
    request: Request,
    response: Response,
    session: SessionDep,
    moment: MomentDep,
    if_match: IfMatchDep,
    trail: TrailDep,
) -> PlacementBody:
    """Change what is named; an end with its reasons makes it a past placement of her profile."""
    before = placement_body(placement_to_change(session, placement_id))
    if_match.require(before.version)
    change_placement(
        session,
        placement_id,
        body.values(),
        promises=body.listed("promises"),
        milestones=body.listed("milestones"),
        now=moment,
    )
    trail.note(RecordKind.OUTCOME_RECORDED, about_candidate=before.candidate_id, about=placement_id)
    return _body(request, response, session, placement_id)


def _body(request: Request, response: Response, session: SessionDep, identifier: str) -> PlacementBody:
    body = placement_body(load_placement(session, identifier))
    answer_with_version(request, response, body.version)
    return body
