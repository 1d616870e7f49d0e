"""Candidates in and out of the tables; the mapping of a candidate's profile to rows and back.

Closed sets come back in the order of their list, restricted groups after the ordinary ones, and a part of which
nothing is known (`wishes`, `hours`, `travel`) as None; all else comes back as it was given.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Table, select
from sqlmodel import Session

from matching.profiles import CandidateHours, CandidateProfile, GroupMembership, Travel, Wishes
from matching.store.masks import education_of, from_grid, from_mask, known_or_none, languages_of, to_grid, to_mask
from matching.store.organisations import ids_by_name, names_by_id
from matching.store.restricted import (
    RESTRICTED,
    RestrictedFacts,
    facts_of,
    facts_to_seal,
    restricted_rows,
    sealed_rows,
)
from matching.store.saving import CHUNK, Gate, Row, Rows, SaveReport, Shape, load, remove, save, save_as, version_of
from matching.tables import metadata
from matching.tables.candidates import CandidateList, WishKind
from scoring.terms import (
    CAPACITIES,
    RESTRICTED_GROUPS,
    AccessNeed,
    Certificate,
    ContractKind,
    Licence,
    Sector,
    TravelMode,
    WorkSetting,
)

_NO_WISHES, _NO_HOURS, _NO_TRAVEL = Wishes(), CandidateHours(), Travel()


def _table(name: str) -> Table:
    return metadata.tables[name]


CANDIDATES = _table("candidates")
AVAILABILITY = _table("candidate_availability")
TRAVEL = _table("candidate_travel")
LEVELS = _table("candidate_capacities")
WISH_MASKS = _table("candidate_wish_masks")
WISHES = _table("candidate_wishes")
WORK_DONE = _table("candidate_work_done")
SKILLS = _table("candidate_skills")
LANGUAGES = _table("candidate_languages")
SUPPORT_NEEDS = _table("candidate_support_needs")
GROUPS = _table("candidate_groups")
PAST_PLACEMENTS = _table("candidate_past_placements")


def save_candidates(session: Session, profiles: Iterable[CandidateProfile], *, now: datetime) -> SaveReport:
    """Write candidates: create, update, or leave as they were; `now` is the aware moment of this.

    (source, source_id) says which are there already; a profile without source_id always creates; of two with one
    key the later stands. What is the same is not written at all. A responsible organisation that is not known is
    made, as a supplier. Raises Conflict (`candidate.taken`) when another transaction has just written the same.
    """
    return save(session, _SHAPE, profiles, now)


def change_candidate(session: Session, identifier: str, profile: CandidateProfile, *, now: datetime) -> bool:
    """Write a candidate in place of what is there; whether anything changed. The profile is to be a whole one.

    Raises NotFound (`candidate.unknown`) and Conflict (`candidate.taken`).
    """
    return bool(save_as(session, _SHAPE, identifier, profile, now).updated)


def candidate_version(session: Session, identifier: str) -> int:
    """The version of a candidate, locked for who writes. Raises NotFound (`candidate.unknown`)."""
    return version_of(session, _SHAPE, identifier)


def load_candidate(session: Session, identifier: str, *, restricted: bool = True) -> CandidateProfile:
    """One candidate. Raises NotFound (`candidate.unknown`).

    Without `restricted`, restricted groups and screenings are left out: such a profile is for reading, since to
    save it would erase them.
    """
    return next(load(session, _SHAPE, [identifier], guarded=restricted))[1]


def load_candidates(
    session: Session, ids: Iterable[str] | None = None, *, restricted: bool = True
) -> Iterator[tuple[str, CandidateProfile]]:
    """Candidates with their ids, read a chunk at a time: those asked for, in that order, or all, in order of id.

    Raises NotFound (`candidate.unknown`) at one that is not there. `restricted` as in `load_candidate`.
    """
    return load(session, _SHAPE, ids, guarded=restricted)


def existing(session: Session, ids: Iterable[str]) -> set[str]:
    """Which of these candidates are there."""
    found: set[str] = set()
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        found.update(session.connection().scalars(select(CANDIDATES.c.id).where(CANDIDATES.c.id.in_(chunk))))
    return found


def delete_candidate(session: Session, identifier: str) -> None:
    """Delete a candidate and all that belongs to her. Raises NotFound (`candidate.unknown`)."""
    remove(session, _SHAPE, identifier)


def _take_apart(profile: CandidateProfile, organisation_ids: Mapping[str, str]) -> Rows:
    wishes, hours, travel = profile.wishes or _NO_WISHES, profile.hours or _NO_HOURS, profile.travel or _NO_TRAVEL
    pause = profile.pause
    groups = profile.target_groups or []
    answered: dict[CandidateList, Any] = {
        CandidateList.TARGET_GROUPS: profile.target_groups,
        CandidateList.WISHES_WORK: wishes.work,
        CandidateList.WISHES_NOT_WORK: wishes.not_work,
        CandidateList.WORK_DONE: profile.work_done,
        CandidateList.SKILLS: profile.skills,
        CandidateList.LANGUAGES: profile.languages,
        CandidateList.SUPPORT_NEEDS: profile.support_needs,
    }
    root: Row = {
        "source": profile.source or "",
        "source_id": profile.source_id or None,
        "region": profile.region,
        "postcode": profile.postcode,
        "agreed_to_matching": profile.agreed_to_matching,
        "available_from": profile.available_from,
        "paused_since": pause and pause.since,
        "resumes_on": pause and pause.resumes_on,
        "max_open_introductions": profile.max_open_introductions,
        "education": profile.education,
        "growth_wish": profile.growth_wish,
        "contact_channel": profile.contact_channel,
        "representative": profile.representative,
        "benefit_provider": profile.benefit_provider,
        "responsible_organisation_id": profile.responsible_organisation
        and organisation_ids[profile.responsible_organisation],
        "caseworker": profile.caseworker,
        "coach": profile.coach,
        "contract_kinds": to_mask(profile.contract_kinds, ContractKind),
        "contract_months_min": profile.contract_months_min,
        "licences": to_mask(profile.licences, Licence),
        "certificates": to_mask(profile.certificates, Certificate),
        "access_needs": to_mask(profile.access_needs, AccessNeed),
        "courses": profile.courses,
        "answered": to_mask([name for name, value in answered.items() if value is not None], CandidateList),
        "last_confirmed_on": profile.last_confirmed_on,
    }
    wish_lists = ((WishKind.NOT_WORK, wishes.not_work), (WishKind.WORK, wishes.work))
    return {
        CANDIDATES: [root],
        AVAILABILITY: [
            {
                "hours_min": hours.min,
                "hours_max": hours.max,
                "build_up_to": hours.build_up_to,
                "build_up_months": hours.build_up_months,
                "hours_per_day_max": profile.hours_per_day_max,
                "minutes_between_breaks": profile.minutes_between_breaks,
                "weekly_grid": to_grid(profile.weekly_grid),
            }
        ],
        TRAVEL: [
            {
                "modes": to_mask(travel.modes, TravelMode),
                "max_minutes": travel.max_minutes,
            }
        ],
        LEVELS: [{capacity.value: profile.capacities.get(capacity) for capacity in CAPACITIES}],
        WISH_MASKS: [
            {
                "sectors": to_mask(wishes.sectors, Sector),
                "not_sectors": to_mask(wishes.not_sectors, Sector),
                "settings": to_mask(wishes.settings, WorkSetting),
                "not_settings": to_mask(wishes.not_settings, WorkSetting),
            }
        ],
        WISHES: [
            {"kind": kind, "position": position, "text": text}
            for kind, texts in wish_lists
            for position, text in enumerate(texts or [])
        ],
        WORK_DONE: [
            {"position": position, "title": work.title, "months": work.months, "paid": work.paid}
            for position, work in enumerate(profile.work_done or [])
        ],
        SKILLS: [
            {"position": position, "skill": known.skill, "how_known": known.how_known}
            for position, known in enumerate(profile.skills or [])
        ],
        LANGUAGES: [
            {"position": position, "language": spoken.language, "level": spoken.level}
            for position, spoken in enumerate(profile.languages or [])
        ],
        SUPPORT_NEEDS: [
            {"position": position, "need": support.need, "supplier": support.supplier}
            for position, support in enumerate(profile.support_needs or [])
        ],
        GROUPS: [
            {
                "position": position,
                "target_group": membership.group,
                "valid_from": membership.valid_from,
                "valid_until": membership.valid_until,
            }
            for position, membership in enumerate(one for one in groups if one.group not in RESTRICTED_GROUPS)
        ],
        PAST_PLACEMENTS: [
            {
                "position": position,
                "employer": past.employer,
                "organisation_id": organisation_ids.get(past.employer),
                "team": past.team,
                "reason": past.reason,
                "ended_on": past.ended_on,
            }
            for position, past in enumerate(profile.past_placements)
        ],
        **facts_to_seal((one for one in groups if one.group in RESTRICTED_GROUPS), profile.screenings),
    }


def _put_together(rows: Rows, organisation_names: Mapping[str, str]) -> CandidateProfile:
    root, available, travel = rows[CANDIDATES][0], rows[AVAILABILITY][0], rows[TRAVEL][0]
    levels, masks = rows[LEVELS][0], rows[WISH_MASKS][0]
    answered = set(from_mask(root["answered"], CandidateList) or [])

    def listed(name: CandidateList, values: list[Any]) -> list[Any] | None:
        return values if name in answered else None

    def plain(table: Table, *columns: str) -> list[Row]:
        return [{column: row[column] for column in columns} for row in rows[table]]

    def wished(kind: WishKind) -> list[str]:
        return [row["text"] for row in rows[WISHES] if row["kind"] == kind]

    same = (
        "region postcode agreed_to_matching available_from max_open_introductions growth_wish "
        "contact_channel representative benefit_provider caseworker coach contract_months_min courses "
        "last_confirmed_on"
    )
    groups = [
        GroupMembership(group=row["target_group"], valid_from=row["valid_from"], valid_until=row["valid_until"])
        for row in rows[GROUPS]
    ]
    restricted = next((facts_of(row["opened"]) for row in rows.get(RESTRICTED, ())), RestrictedFacts())
    return CandidateProfile.model_validate(
        {
            **{name: root[name] for name in same.split()},
            "source": root["source"] or None,
            "source_id": root["source_id"],
            "education": education_of(root["education"]),
            "pause": root["paused_since"] and {"since": root["paused_since"], "resumes_on": root["resumes_on"]},
            "responsible_organisation": organisation_names.get(root["responsible_organisation_id"]),
            "contract_kinds": from_mask(root["contract_kinds"], ContractKind),
            "licences": from_mask(root["licences"], Licence),
            "certificates": from_mask(root["certificates"], Certificate),
            "access_needs": from_mask(root["access_needs"], AccessNeed),
            "hours": known_or_none(
                {
                    "min": available["hours_min"],
                    "max": available["hours_max"],
                    "build_up_to": available["build_up_to"],
                    "build_up_months": available["build_up_months"],
                }
            ),
            "hours_per_day_max": available["hours_per_day_max"],
            "minutes_between_breaks": available["minutes_between_breaks"],
            "weekly_grid": from_grid(available["weekly_grid"]),
            "travel": known_or_none(
                {"modes": from_mask(travel["modes"], TravelMode), "max_minutes": travel["max_minutes"]}
            ),
            "capacities": {capacity: levels[capacity] for capacity in CAPACITIES if levels[capacity] is not None},
            "wishes": known_or_none(
                {
                    "work": listed(CandidateList.WISHES_WORK, wished(WishKind.WORK)),
                    "not_work": listed(CandidateList.WISHES_NOT_WORK, wished(WishKind.NOT_WORK)),
                    "sectors": from_mask(masks["sectors"], Sector),
                    "not_sectors": from_mask(masks["not_sectors"], Sector),
                    "settings": from_mask(masks["settings"], WorkSetting),
                    "not_settings": from_mask(masks["not_settings"], WorkSetting),
                }
            ),
            "work_done": listed(CandidateList.WORK_DONE, plain(WORK_DONE, "title", "months", "paid")),
            "skills": listed(CandidateList.SKILLS, plain(SKILLS, "skill", "how_known")),
            "languages": listed(CandidateList.LANGUAGES, languages_of(rows[LANGUAGES])),
            "support_needs": listed(CandidateList.SUPPORT_NEEDS, plain(SUPPORT_NEEDS, "need", "supplier")),
            "target_groups": listed(CandidateList.TARGET_GROUPS, [*groups, *restricted.groups]),
            "screenings": restricted.screenings,
            "past_placements": plain(PAST_PLACEMENTS, "employer", "team", "reason", "ended_on"),
        }
    )


def _kept(old: Row | None, new: Row, on: date) -> Row:
    """Since when her agreement is on record: the day on which it first was, for as long as it stands."""
    if not new["agreed_to_matching"]:
        return {"agreed_on": None}
    return {"agreed_on": old["agreed_on"] if old and old["agreed_to_matching"] else on}


PARTS = (
    AVAILABILITY,
    TRAVEL,
    LEVELS,
    WISH_MASKS,
    WISHES,
    WORK_DONE,
    SKILLS,
    LANGUAGES,
    SUPPORT_NEEDS,
    GROUPS,
    PAST_PLACEMENTS,
    RESTRICTED,
)
_SHAPE: Shape[CandidateProfile] = Shape(
    noun="candidate",
    prefix="c",
    root=CANDIDATES,
    parts=PARTS,
    take_apart=_take_apart,
    put_together=_put_together,
    organisation_ids=lambda session, profiles: ids_by_name(
        session,
        needed={profile.responsible_organisation for profile in profiles},
        useful={past.employer for profile in profiles for past in profile.past_placements},
    ),
    organisation_names=lambda session, roots: names_by_id(
        session, {root["responsible_organisation_id"] for root in roots}
    ),
    kept=_kept,
    gates={RESTRICTED: Gate(restricted_rows, sealed_rows)},
    derived=frozenset({"organisation_id"}),
)
