"""`/v1/placements`: where somebody works and learns, with what was promised there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from api.dependencies import MomentDep, Needs, ReachDep, SessionDep
from api.dependencies_trajectories import NeedsNewPlacement, NeedsPlacement, PlacementId
from api.paging import PagingDep
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
from matching.tables.base import ID_LENGTH
from matching.trajectories import visible
from matching.trajectories.placements import change_placement, create_placement, list_placements, load_placement

router = APIRouter(prefix="/placements", tags=["placements"])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(NeedsNewPlacement())],
    operation_id="createPlacement",
)
def post_placement(
    body: PlacementCreate, response: Response, session: SessionDep, moment: MomentDep, reach: ReachDep
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
    response.headers["Location"] = f"/v1/placements/{made}"
    return placement_body(load_placement(session, made))


@router.get("", dependencies=[Depends(Needs(only(Role.ADVISER, Role.COACH)))], operation_id="listPlacements")
def get_placements(
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    paging: PagingDep,
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
    return PlacementsBody(items=[placement_body(one) for one in shown], next=following)


@router.get("/{placementId}", dependencies=[Depends(NeedsPlacement(read_placement))], operation_id="getPlacement")
def get_placement(placement_id: PlacementId, session: SessionDep) -> PlacementBody:
    """One placement."""
    return placement_body(load_placement(session, placement_id))


@router.patch("/{placementId}", dependencies=[Depends(NeedsPlacement(may_change))], operation_id="changePlacement")
def patch_placement(
    placement_id: PlacementId, body: PlacementChange, session: SessionDep, moment: MomentDep
) -> PlacementBody:
    """Change what is named; an end with its reasons makes it a past placement of her profile."""
    change_placement(
        session,
        placement_id,
        body.values(),
        promises=body.listed("promises"),
        milestones=body.listed("milestones"),
        now=moment,
    )
    return placement_body(load_placement(session, placement_id))
