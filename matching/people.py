"""Candidates one at a time, by whoever may: made, read, changed; what few may know stays out of others' sight.

Restricted groups (origin, a record) and screenings are for the caseworker's eyes and her own. Whoever else changes a
profile sees and sends it without these, and does not lose them.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching.actors import Role
from matching.errors import Conflict, Invalid, Refused
from matching.facts import CandidateFacts
from matching.profiles import CandidateProfile
from matching.reach import Reach, within
from matching.store import change_candidate, load_candidates, save_candidates
from matching.tables import metadata
from matching.vacancy_lists import region_of
from scoring.terms import RESTRICTED_GROUPS

CANDIDATES = metadata.tables["candidates"]
_STORED = ("created_at", "updated_at", "version")


def knows_restricted(reach: Reach, person: CandidateFacts) -> bool:
    """Whether somebody may see what reveals origin or a record: her caseworker, herself, and who represents her."""
    manages = Role.CASEWORKER in reach.roles and person.caseworker in reach.names
    return manages or person.id in reach.people


def stored_of(session: Session, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What the store adds to each of some candidates: when she was made and changed, and her version."""
    columns = CANDIDATES.c
    rows = session.connection().execute(
        sa.select(columns.id, *(columns[name] for name in _STORED)).where(columns.id.in_(list(ids)))
    )
    return {row.id: {"id": row.id, **{name: getattr(row, name) for name in _STORED}} for row in rows}


def profile_for(session: Session, reach: Reach, person: CandidateFacts) -> CandidateProfile:
    """Her profile as somebody may see it."""
    restricted = knows_restricted(reach, person)
    (found,) = load_candidates(session, [person.id], restricted=restricted)
    return found[1]


def add(session: Session, reach: Reach, profile: CandidateProfile, *, now: datetime) -> str:
    """Make a candidate; her id. A coach or caseworker makes her one of her own caseload.

    Raises Conflict (`candidate.exists`) where source and source id are those of somebody who is there, Refused
    (`denied.own_region`) for another region than her own, and Invalid (`candidate.caseload`) for the caseload of
    somebody else.
    """
    _refuse_known(session, profile)
    if Role.ADVISER not in reach.roles or not within(reach.acts_in, region_of(session, profile)):
        profile = _in_own_caseload(reach, profile)
    (identifier,) = save_candidates(session, [profile], now=now).ids
    return identifier


def _refuse_known(session: Session, profile: CandidateProfile) -> None:
    if profile.source_id is None:
        return
    columns = CANDIDATES.c
    there = session.connection().scalar(
        sa.select(columns.id).where(columns.source == (profile.source or ""), columns.source_id == profile.source_id)
    )
    if there is not None:
        raise Conflict("candidate.exists", "sourceId")


def _in_own_caseload(reach: Reach, profile: CandidateProfile) -> CandidateProfile:
    named = next((field for field in ("coach", "caseworker") if getattr(profile, field) in reach.names), None)
    roles = {Role.COACH: "coach", Role.CASEWORKER: "caseworker"}
    mine = [field for role, field in roles.items() if role in reach.roles]
    if named in mine:
        return profile
    if not mine:
        raise Refused("denied.own_region")
    field = mine[0]
    if getattr(profile, field) is not None:
        raise Invalid("candidate.caseload", field, reason="caseload")
    return profile.model_copy(update={field: reach.actor.known_as or reach.actor.account_id})


def change(
    session: Session,
    reach: Reach,
    person: CandidateFacts,
    changed: CandidateProfile,
    sent: Iterable[str],
    now: datetime,
) -> bool:
    """Write a profile that was changed by somebody who saw it as `profile_for` gives it; whether anything changed.

    `sent`: the fields that she sent, in lowerCamelCase. Raises Conflict (`candidate.taken`).
    """
    unseen = False
    if not knows_restricted(reach, person):
        ((_, whole),) = load_candidates(session, [person.id])
        named = {one.group for one in changed.target_groups or []}
        unseen = bool(named & RESTRICTED_GROUPS) or "screenings" in sent
        hidden = [one for one in whole.target_groups or [] if one.group in RESTRICTED_GROUPS and one.group not in named]
        screenings = whole.screenings
        if "screenings" in sent and changed.screenings:
            screenings = (screenings or {}) | changed.screenings
        groups = [*(changed.target_groups or []), *hidden] if hidden else changed.target_groups
        changed = changed.model_copy(update={"target_groups": groups, "screenings": screenings})
    if change_candidate(session, person.id, changed, now=now):
        return True
    if unseen:  # that it was so already is not hers to know: she hears what she would hear of a change
        again = {"version": CANDIDATES.c.version + 1, "updated_at": now}
        session.connection().execute(sa.update(CANDIDATES).where(CANDIDATES.c.id == person.id).values(again))
    return unseen
