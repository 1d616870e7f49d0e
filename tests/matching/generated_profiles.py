"""Hypothesis strategies for whole profiles, every field of them, and the order in which the tables give them back."""

from enum import StrEnum
from typing import Any, TypeVar

from hypothesis import strategies as st

from matching.profiles import (
    BenefitProvider,
    CandidateProfile,
    ContactChannel,
    HowKnown,
    Profile,
    Representative,
    VacancyProfile,
)
from scoring.terms import (
    RESTRICTED_GROUPS,
    AccessNeed,
    Capacity,
    Certificate,
    ContractKind,
    Daypart,
    EducationLevel,
    EndReason,
    Growth,
    LanguageLevel,
    Licence,
    Screening,
    ScreeningAnswer,
    Sector,
    Supplier,
    SupportNeed,
    TargetGroup,
    TaskFreedom,
    TravelMode,
    Weekday,
    WorkSetting,
)

P = TypeVar("P", bound=Profile)
Fields = st.SearchStrategy[dict[str, Any]]

_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
text = st.one_of(st.sampled_from(["koffie bijvullen", "Ĳsbreker", "=1+1", "'; --"]), _words).filter(str.strip)
hours = st.floats(0, 60)
days = st.dates()
levels = st.dictionaries(st.sampled_from(Capacity), st.integers(0, 4), max_size=20)


def _some(members: type[StrEnum]) -> st.SearchStrategy[list[StrEnum]]:
    return st.lists(st.sampled_from(members), max_size=6)


def _perhaps(**fields: st.SearchStrategy[Any]) -> Fields:
    """A dict in which each field may be left out, or be None."""
    return st.fixed_dictionaries({}, optional={name: st.none() | value for name, value in fields.items()})


def _few(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, max_size=4)


def _in_order(low: str, high: str, fields: Fields) -> Fields:
    """The same fields, with two of them exchanged where they stand the wrong way round."""

    def ordered(given: dict[str, Any]) -> dict[str, Any]:
        first, last = given.get(low), given.get(high)
        return given | {low: last, high: first} if first is not None and last is not None and first > last else given

    return fields.map(ordered)


grids = st.dictionaries(st.sampled_from(Weekday), _some(Daypart))
languages = st.fixed_dictionaries(
    {"language": st.sampled_from(["nl", "en", "fil"]), "level": st.sampled_from(LanguageLevel)}
)
groups = _in_order(
    "valid_from",
    "valid_until",
    st.fixed_dictionaries(
        {"group": st.sampled_from(TargetGroup)}, optional={"valid_from": days, "valid_until": st.none() | days}
    ),
)
candidate_hours = _in_order(
    "min", "max", _perhaps(min=hours, max=hours, build_up_to=st.just(60.0), build_up_months=st.integers(0, 60))
)
keys = {"source": text, "source_id": text}

candidates = st.builds(
    lambda place, fields: CandidateProfile.model_validate(place | {k: v for k, v in fields.items() if v is not None}),
    st.sampled_from([{"region": "AM05"}, {"postcode": "3511 AB"}, {"region": "AM12", "postcode": "1011"}]),
    _perhaps(
        **keys,
        agreed_to_matching=st.booleans(),
        available_from=days,
        pause=_in_order("since", "resumes_on", st.fixed_dictionaries({"since": days, "resumes_on": st.none() | days})),
        target_groups=_few(groups),
        wishes=_perhaps(
            work=_few(text),
            not_work=_few(text),
            sectors=_some(Sector),
            not_sectors=_some(Sector),
            settings=_some(WorkSetting),
            not_settings=_some(WorkSetting),
        ),
        hours=candidate_hours,
        hours_per_day_max=st.floats(0, 12, exclude_min=True),
        minutes_between_breaks=st.integers(5, 480),
        weekly_grid=grids,
        travel=_perhaps(modes=_some(TravelMode), max_minutes=st.integers(0, 240)),
        languages=_few(languages),
        licences=_some(Licence),
        certificates=_some(Certificate),
        screenings=st.dictionaries(st.sampled_from(Screening), st.sampled_from(ScreeningAnswer)),
        courses=_few(text),
        education=st.sampled_from(EducationLevel),
        work_done=_few(
            st.fixed_dictionaries({"title": text}, optional={"months": st.integers(0, 720), "paid": st.booleans()})
        ),
        skills=_few(st.fixed_dictionaries({"skill": text}, optional={"how_known": st.sampled_from(HowKnown)})),
        capacities=levels,
        support_needs=_few(
            st.fixed_dictionaries({"need": st.sampled_from(SupportNeed), "supplier": st.sampled_from(Supplier)})
        ),
        access_needs=_some(AccessNeed),
        contract_kinds=_some(ContractKind),
        contract_months_min=st.integers(0, 120),
        growth_wish=st.sampled_from(Growth),
        contact_channel=st.sampled_from(ContactChannel),
        representative=st.sampled_from(Representative),
        max_open_introductions=st.integers(0, 20),
        responsible_organisation=text,
        caseworker=text,
        coach=text,
        benefit_provider=st.sampled_from(BenefitProvider),
        past_placements=_few(
            st.fixed_dictionaries(
                {"employer": text, "reason": st.sampled_from(EndReason)}, optional={"team": text, "ended_on": days}
            )
        ),
        last_confirmed_on=days,
    ),
)

tasks = st.fixed_dictionaries(
    {"text": text},
    optional={
        "hours_per_week": hours,
        "freedom": st.sampled_from(TaskFreedom),
        "skills": st.none() | _few(text),
        "demands": levels,
    },
)
vacancies = st.builds(
    lambda named, fields: VacancyProfile.model_validate(named | {k: v for k, v in fields.items() if v is not None}),
    st.fixed_dictionaries({"title": text}) | st.fixed_dictionaries({"tasks": st.lists(tasks, min_size=1, max_size=3)}),
    _perhaps(
        **keys,
        description=text,
        kind=st.sampled_from(ContractKind),
        legal_employer=text,
        work_floor=text,
        team=text,
        sector=st.sampled_from(Sector),
        settings=_some(WorkSetting),
        hours=_in_order("min", "max", _perhaps(min=hours, max=hours)),
        hours_per_day=st.floats(0, 12, exclude_min=True),
        work_times=_perhaps(fixed=grids, possible=grids, dayparts_per_week=st.integers(0, 28)),
        postcode=st.just("9712"),
        region=st.just("AM01"),
        remote_share=st.floats(0, 1),
        trips_per_week=st.floats(0, 14),
        education_by_law=st.sampled_from(EducationLevel),
        education_wished=st.sampled_from(EducationLevel),
        languages=_few(languages),
        licences=_some(Licence),
        licences_desired=_some(Licence),
        certificates=_some(Certificate),
        certificates_desired=_some(Certificate),
        screenings=_some(Screening),
        access=st.dictionaries(st.sampled_from(AccessNeed), st.booleans()),
        skills_desired=_few(text),
        wage=_perhaps(cao=text, scale=text, euros_per_hour_min=st.floats(0, 500), euros_per_hour_max=st.floats(0, 500)),
        contract_months=st.integers(0, 600),
        positions=st.integers(1, 500),
        start_on=days,
        closes_on=days,
        trial_possible=st.booleans(),
        offers=_some(SupportNeed),
        buddy=st.booleans(),
        growth_path=st.sampled_from(Growth),
        counts_for=_some(TargetGroup),
        contract=text,
        contact_person=text,
        adaptations=_few(
            st.fixed_dictionaries(
                {"capacity": st.sampled_from(Capacity), "levels": st.integers(1, 4), "offered": st.booleans()},
                optional={"text": text},
            )
        ),
    ),
)


def as_kept(profile: P) -> P:
    """The profile in the one order that the tables know; nothing of what it says is lost.

    Closed sets stand in the order of their list, restricted groups after the ordinary ones, a day without dayparts
    is a day that is not named, and a part of which nothing is known is None.
    """
    return type(profile).model_validate(_as_kept(profile.model_dump(by_alias=False)))


def _as_kept(value: Any) -> Any:
    if isinstance(value, list):
        if value and all(isinstance(item, StrEnum) for item in value):
            return sorted(value, key=list(type(value[0])).index)
        if value and isinstance(value[0], dict) and "group" in value[0]:
            return sorted(value, key=lambda membership: membership["group"] in RESTRICTED_GROUPS)
        return [_as_kept(item) for item in value]
    if isinstance(value, dict):
        if value and all(isinstance(key, Weekday) for key in value):
            return {day: _as_kept(parts) for day, parts in value.items() if parts}
        kept = {key: _as_kept(item) for key, item in value.items()}
        return None if kept and all(item is None for item in kept.values()) else kept
    return None if value == "" else value
