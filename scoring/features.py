"""What is compared: per field of a person, the values of its features for one vacancy, or what is believed of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring import constraints
from scoring.beliefs import EQUAL, QUANTILES, K, PoolBeliefs, row_of
from scoring.capacity import Demands, demands_of, margins_by_level
from scoring.columns import UNKNOWN, Bools, Candidates, Floats, Ints, Vacancy
from scoring.constraints import Answers, Margins
from scoring.imputation import (
    DUTCH,
    EDUCATION,
    HOURS,
    NOT_CAPACITIES,
    LevelModel,
    hours_of_belief,
    level_beliefs,
    levels_of,
)
from scoring.imputation import beliefs as believed_levels
from scoring.likeness import NEAR_WORK, TITLE_ONLY, Likeness, Match, Tasks, best_related, match_values, sum_of
from scoring.model import ROUNDING, Model
from scoring.terms import CAPACITIES, EducationLevel, Growth, LanguageLevel, Licence, mask_of
from scoring.travel import fastest_by_mask


@dataclass(frozen=True)
class FieldValues:
    """The features of one field for n people.

    `values` hold NaN where a feature does not apply. Where `belief` is not -1 the field is unknown, and the features
    take the K values of that row with its weights instead.
    """

    field: str
    values: dict[str, npt.NDArray[np.float64]]  # per feature (n,)
    belief: npt.NDArray[np.int32]  # (n,) row, -1 where known
    nodes: dict[str, npt.NDArray[np.float64]]  # per feature (rows, K)
    weights: npt.NDArray[np.float64]  # (rows, K)
    typical: dict[str, npt.NDArray[np.float64]]  # per feature (K,): what would be at stake if it were unknown


class Builder:
    """Collects the fields of one comparison; `typical` comes from the model."""

    def __init__(self, n: int, model: Model) -> None:
        self.n = n
        self.model = model
        self.fields: list[FieldValues] = []

    def add(
        self,
        field: str,
        values: dict[str, Floats],
        known: Bools | None = None,
        nodes: dict[str, Floats] | None = None,
        rows: Ints | None = None,
        weights: Floats | None = None,
    ) -> None:
        """One field: where not known, people point to `rows` of `nodes` (default: the one row of typical values)."""
        applies = known is not None
        known = np.ones(self.n, bool) if known is None else known
        typical = {name: np.array(self.model.typical[name]) for name in values if name in self.model.typical}
        given = nodes or {name: typical[name][None, :] for name in typical}
        n_rows = next((len(table) for table in given.values()), 1)
        table = {name: given[name] if name in given else np.full((n_rows, K), np.nan) for name in values}
        for name in values:  # what does not apply to this vacancy is not at stake either
            if np.isnan(table[name]).all() or (not applies and np.isnan(values[name]).all()):
                typical.pop(name, None)
        self.fields.append(
            FieldValues(
                field,
                {name: np.where(known, value, np.nan) for name, value in values.items()},
                np.where(known, -1, 0 if rows is None else rows).astype(np.int32),
                table,
                np.full((n_rows, K), EQUAL) if weights is None else weights,
                {name: typical[name] if name in typical else np.full(K, np.nan) for name in values},
            )
        )


def compare(
    people: Candidates,
    vacancy: Vacancy,
    likeness: Likeness,
    answers: Answers,
    beliefs: PoolBeliefs,
    place_minutes: Ints,
    region_places: dict[int, Ints],
    margins: Margins,
    model: Model,
) -> tuple[list[FieldValues], Tasks]:
    """All fields of n people compared with one vacancy. `region_places`: positions of the places of each region."""
    build = Builder(len(people), model)
    match = match_values(people, vacancy, likeness)
    compare_work(build, people, vacancy, likeness, match, beliefs)
    compare_sectors(build, people, vacancy)
    compare_settings(build, people, vacancy)
    compare_travel(
        build,
        people,
        vacancy,
        answers.minutes,
        lambda unknown: _believed_minutes(people, unknown, beliefs, place_minutes, region_places),
        margins,
    )
    compare_hours(build, people, vacancy, beliefs)
    compare_weekly_grid(build, people, vacancy)
    compare_start(build, answers.start_late)
    compare_contract(build, people, vacancy)
    compare_languages(build, people, vacancy, beliefs)
    compare_education(build, people, vacancy, beliefs)
    compare_papers(build, people, vacancy)
    compare_support(build, people, vacancy)
    compare_growth(build, people, vacancy)
    compare_capacities(build, people, vacancy, beliefs)
    compare_vacancy(build, vacancy)
    return build.fields, match.tasks


def compare_work(
    build: Builder, people: Candidates, vacancy: Vacancy, likeness: Likeness, match: Match, beliefs: PoolBeliefs
) -> None:
    """Skills, work done and wishes: each unknown one is believed from the two others."""
    n = len(people)
    wish, near_work, coverage = match.wish, match.work, match.coverage
    desired = np.full(n, np.nan)
    if len(likeness.desired_weights):
        desired = best_related(people.skills, likeness.desired) @ likeness.desired_weights
        desired /= likeness.desired_weights.sum()
    covered = coverage_nodes(beliefs.match.coverage, vacancy.tasks_stated, bool(match.asks_skills.any()))
    wanted = desired_nodes(build.model, bool(len(likeness.desired_weights)))
    build.add(
        "skills",
        {"skill_coverage": coverage, "desired_skills": desired},
        people.skills_known,
        {"skill_coverage": covered, "desired_skills": np.tile(wanted, (len(covered), 1))},
        row_of(wish, near_work),
    )
    build.add(
        "work_done",
        {"work_nearness": near_work},
        people.work_known,
        {"work_nearness": beliefs.match.work},
        row_of(wish, coverage),
    )
    near = likeness.titles[people.work.items] >= NEAR_WORK
    counted = np.where(near, np.nan_to_num(people.work.numbers), 0.0)
    untold = np.where(near & np.isnan(people.work.numbers), 1.0, 0.0)
    months = sum_of(people.work, counted)
    build.add(
        "work_months",
        {"experience": months},
        people.work_known & ((sum_of(people.work, untold) == 0) | (months > 0)),
    )
    build.add(
        "wishes",
        {"wish_nearness": wish},
        ~np.isnan(wish),
        {"wish_nearness": beliefs.match.wish},
        row_of(coverage, near_work),
    )


def coverage_nodes(nodes: Floats, stated: bool, needs: bool) -> npt.NDArray[np.float64]:
    """The values that unknown coverage may have (36, K), by whether tasks are stated and need any skill."""
    if not needs:
        return np.full_like(nodes, np.nan)
    return nodes if stated else TITLE_ONLY[1] + TITLE_ONLY[0] * (nodes - TITLE_ONLY[1])


def desired_nodes(model: Model, desires: bool) -> npt.NDArray[np.float64]:
    """The values that unknown desired skills may have, (K,)."""
    return np.array(model.typical["desired_skills"]) if desires else np.full(K, np.nan)


def compare_sectors(build: Builder, people: Candidates, vacancy: Vacancy) -> None:
    """The sector, as she wishes or does not want it."""
    if vacancy.sector == UNKNOWN:
        build.add("sectors", {"sector": np.full(len(people), np.nan)})
    else:
        wanted = np.maximum(people.sectors, 0) >> vacancy.sector & 1
        unwanted = np.maximum(people.not_sectors, 0) >> vacancy.sector & 1
        known = (people.sectors >= 0) | (unwanted == 1)
        build.add("sectors", {"sector": np.where(unwanted == 1, -1.0, wanted)}, known)


def compare_settings(build: Builder, people: Candidates, vacancy: Vacancy) -> None:
    """Inside or outside, quiet or lively, alone or together: as she wishes or does not want it."""
    if vacancy.settings <= 0:
        build.add("settings", {"setting": np.full(len(people), np.nan)})
    else:
        here = vacancy.settings
        wanted_all, unwanted_all = np.maximum(people.settings, 0), np.maximum(people.not_settings, 0)
        fits = constraints.bits(wanted_all & here) / np.maximum(constraints.bits(wanted_all), 1)
        clashes = constraints.bits(unwanted_all & here) / np.maximum(constraints.bits(unwanted_all), 1)
        known = (people.settings >= 0) | (people.not_settings >= 0)
        build.add("settings", {"setting": np.clip(fits - clashes, -1, 1)}, known)


def compare_travel(
    build: Builder,
    people: Candidates,
    vacancy: Vacancy,
    journey: Ints,
    believed: Callable[[Ints], Floats],
    margins: Margins,
) -> None:
    """Minutes of travel, and over her maximum. Few trips a week weigh half, remote work nothing.

    `believed`: K values of the minutes of some positions, of whom these are not known.
    """
    n = len(people)
    nothing = np.full(n, np.nan)
    if vacancy.trips_per_week == 0 or vacancy.place < 0:
        build.add("travel", {"travel_minutes": nothing, "travel_over": nothing})
        return
    few = vacancy.trips_per_week <= margins.few_trips_per_week
    limit = np.where(people.max_minutes >= 0, people.max_minutes, np.nan) * (margins.few_trips_factor if few else 1)
    weight = 1 / margins.few_trips_factor if few else 1.0
    known = journey >= 0
    minutes = journey.astype(np.float64)
    unknown = np.flatnonzero(~known)
    nodes, over = np.full((1, K), 40.0), np.full((1, K), np.nan)
    if len(unknown):
        nodes = believed(unknown)
        over = np.maximum(nodes - limit[unknown][:, None], 0)
    rows = np.zeros(n, np.int32)
    rows[unknown] = np.arange(len(unknown))
    build.add(
        "travel",
        {"travel_minutes": minutes * weight, "travel_over": np.maximum(minutes - limit, 0)},
        known,
        {"travel_minutes": nodes * weight, "travel_over": over},
        rows,
    )


def _believed_minutes(
    people: Candidates, rows: Ints, beliefs: PoolBeliefs, place_minutes: Ints, region_places: dict[int, Ints]
) -> Floats:
    """K values of the minutes of those whose modes, or whose place within the region, are unknown, (len(rows), K)."""
    result = np.empty((len(rows), K))
    drives = ((people.licences[rows] > 0) & (people.licences[rows] & _LICENCE_B > 0)).astype(np.int64)
    place, region, modes = people.place[rows], people.region[rows], people.modes[rows]
    here = np.flatnonzero(place >= 0)  # of whom only the modes are unknown
    if len(here):
        minutes = fastest_by_mask(place_minutes[place[here]], beliefs.mode_masks).T
        result[here] = _quantiles(minutes, beliefs.mode_weights[drives[here]])
    alike: dict[tuple[int, int, int], list[int]] = {}
    for at in np.flatnonzero(place < 0).tolist():
        alike.setdefault((int(region[at]), int(modes[at]), int(drives[at])), []).append(at)
    for (where, mask, drive), mine in alike.items():
        times = place_minutes[region_places.get(where, slice(None))]
        masks = np.array([mask], np.int8) if mask >= 0 else beliefs.mode_masks
        weights = np.ones(1) if mask >= 0 else beliefs.mode_weights[drive]
        likely = np.repeat(weights / len(times), len(times))
        by_minute = np.bincount(fastest_by_mask(times, masks).ravel(), likely)
        result[mine] = np.cumsum(by_minute).searchsorted(_ASKED)
    return result


_ASKED = (np.arange(K) + 0.5) / K - ROUNDING


def _quantiles(values: Ints, weights: Floats) -> Floats:
    """K equally likely values of each row, from values and how likely each is, both (rows, v)."""
    order = np.argsort(values, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    at = np.minimum((reached[:, None, :] < _ASKED[:, None]).sum(axis=2), values.shape[1] - 1)
    return values[np.arange(len(values))[:, None], np.take_along_axis(order, at, axis=1)].astype(np.float64)


def compare_hours(build: Builder, people: Candidates, vacancy: Vacancy, beliefs: PoolBeliefs) -> None:
    """Hours that overlap, or the gap; a gap that build-up closes counts half, since she starts with fewer and grows."""
    low, high = vacancy.hours_min, vacancy.hours_max
    if np.isnan(low) and np.isnan(high):
        build.add("hours", {"hours_overlap": np.full(len(people), np.nan)})
        return
    margin, known = constraints.overlap_hours(people, vacancy)
    grows = (margin < 0) & (people.build_up_to >= vacancy.hours_min) & (people.hours_max < vacancy.hours_min)
    margin = np.where(grows, margin / 2, margin)
    most = hours_of_belief(QUANTILES)
    least = 0.7 * most
    gap = np.fmax(low - most, least - high)
    overlap = np.where(gap > 0, -gap, np.fmin(most, high) - np.fmax(least, low))
    build.add(
        "hours",
        {"hours_overlap": margin},
        known,
        {"hours_overlap": overlap},
        np.maximum(beliefs.levels[:, NOT_CAPACITIES.index(HOURS)], 0),
    )


def compare_weekly_grid(build: Builder, people: Candidates, vacancy: Vacancy) -> None:
    """Dayparts that the job needs and that she cannot work."""
    if not vacancy.times_stated:
        build.add("weekly_grid", {"dayparts_short": np.full(len(people), np.nan)})
    else:
        short, _ = constraints.dayparts_short(people.grid, vacancy)
        build.add("weekly_grid", {"dayparts_short": short.astype(np.float64)}, people.grid != UNKNOWN)


def compare_start(build: Builder, days_late: Floats) -> None:
    """Weeks that she comes too late, from days (n,), NaN where unknown."""
    late = days_late.astype(np.float64)
    build.add("available_from", {"start_late": np.maximum(late, 0) / 7}, ~np.isnan(late))


def compare_contract(build: Builder, people: Candidates, vacancy: Vacancy) -> None:
    """The term of the contract against the one that she wants at least."""
    if vacancy.contract_months == UNKNOWN:
        build.add("contract_months_min", {"contract_margin": np.full(len(people), np.nan)})
    else:
        spare = (vacancy.contract_months - people.contract_months_min).astype(np.float64)
        build.add("contract_months_min", {"contract_margin": spare}, people.contract_months_min != UNKNOWN)


def compare_languages(build: Builder, people: Candidates, vacancy: Vacancy, beliefs: PoolBeliefs) -> None:
    """Levels of language above or under what is asked; her Dutch is believed from her other levels."""
    if not vacancy.languages:
        build.add("languages", {"language_margin": np.full(len(people), np.nan)})
    else:
        worst, unknown = constraints.language_margin(people, vacancy)
        if [code for code, _ in vacancy.languages] == ["nl"]:
            nodes, weights = _level_nodes(np.array(LanguageLevel, float) - vacancy.languages[0][1])
            rows: Ints | None = np.maximum(beliefs.levels[:, NOT_CAPACITIES.index(DUTCH)], 0)
            build.add("languages", {"language_margin": worst}, ~unknown, {"language_margin": nodes}, rows, weights)
        else:
            build.add("languages", {"language_margin": worst}, ~unknown)


def compare_education(build: Builder, people: Candidates, vacancy: Vacancy, beliefs: PoolBeliefs) -> None:
    """Levels of education above or under what is asked or wished, believed from her other levels."""
    asked = vacancy.education_by_law if vacancy.education_by_law != UNKNOWN else vacancy.education_wished
    if asked == UNKNOWN:
        build.add("education", {"education_margin": np.full(len(people), np.nan)})
    else:
        nodes, weights = _level_nodes(np.array(EducationLevel, float) - asked)
        build.add(
            "education",
            {"education_margin": (people.education - asked).astype(np.float64)},
            people.education != UNKNOWN,
            {"education_margin": nodes},
            np.maximum(beliefs.levels[:, NOT_CAPACITIES.index(EDUCATION)], 0),
            weights,
        )


def _level_nodes(values: Floats) -> tuple[Floats, Floats]:
    """The value at each level, and the probability of each level under each belief, both (N_BELIEFS, levels)."""
    weights = level_beliefs(len(values))
    return np.tile(values, (len(weights), 1)), weights


def compare_papers(build: Builder, people: Candidates, vacancy: Vacancy) -> None:
    """Licences and certificates that are a plus, and papers that still have to be obtained."""
    asked: list[tuple[Ints, int, int]] = [
        (people.licences, vacancy.licences, vacancy.licences_desired),
        (people.certificates, vacancy.certificates, vacancy.certificates_desired),
    ]
    n = len(people)
    held: Floats = np.zeros(n)
    missing: Floats = np.zeros(n)
    wanted = 0
    known = np.ones(n, bool)
    for mask, required, desired in asked:
        if required or desired:
            known &= mask != UNKNOWN
        held += constraints.bits(np.maximum(mask, 0) & desired)
        wanted += int(desired).bit_count()
        missing += constraints.bits(required & ~np.maximum(mask, 0).astype(np.int64))
    if vacancy.screenings:
        for number in range(people.screenings.shape[1]):
            if vacancy.screenings >> number & 1:
                known &= people.screenings[:, number] != UNKNOWN
                missing += people.screenings[:, number] == 1
    requires = vacancy.licences or vacancy.certificates or vacancy.screenings
    nothing = np.full(n, np.nan)
    typical = {name: np.array(build.model.typical[name])[None, :] for name in ("desired_papers", "papers_to_get")}
    if not wanted:
        typical["desired_papers"] = np.full((1, K), np.nan)
    if not requires:
        typical["papers_to_get"] = np.full((1, K), np.nan)
    build.add(
        "papers",
        {"desired_papers": held / wanted if wanted else nothing, "papers_to_get": missing if requires else nothing},
        known,
        typical,
    )


def compare_support(build: Builder, people: Candidates, vacancy: Vacancy) -> None:
    """Support needed against supplied; what is still to arrange; and a fixed colleague."""
    needs = constraints.bits(np.maximum(people.support_needs, 0)).astype(np.float64)
    missing = constraints.bits(constraints.support_to_arrange(people, vacancy)).astype(np.float64)
    supplied = np.where(needs > 0, (needs - missing) / np.maximum(needs, 1), np.nan)
    buddy = vacancy.buddy or bool(vacancy.offers >> 1 & 1)
    wants_buddy = np.maximum(people.support_needs, 0) >> 1 & 1
    colleague = np.where(wants_buddy == 1, 2.0, 1.0) if buddy else np.zeros(len(people))
    typical = {name: np.array(build.model.typical[name])[None, :] for name in ("to_arrange", "support_supplied")}
    typical["fixed_colleague"] = np.array([[1.0, 1.0, 1.0, 2.0, 2.0]]) if buddy else np.zeros((1, K))
    build.add(
        "support_needs",
        {"to_arrange": missing, "support_supplied": supplied, "fixed_colleague": colleague},
        people.support_needs != UNKNOWN,
        typical,
    )


_LICENCE_B = mask_of([Licence.B], Licence)
_NO_GROWTH = tuple(Growth).index(Growth.NONE)


def compare_growth(build: Builder, people: Candidates, vacancy: Vacancy) -> None:
    """-1 wants to grow and there is no path; 0 does not want to; 1 there is a path; 2 it is her path.

    A vacancy that says nothing of growth is unknown to who wants to grow, and of no matter to who does not.
    """
    path = vacancy.growth_path not in (UNKNOWN, _NO_GROWTH)
    wants = people.growth != _NO_GROWTH
    value = np.where(wants, np.where(people.growth == vacancy.growth_path, 2.0, 1.0) if path else -1.0, 0.0)
    her_wish = [0.0, 0.0, 0.0, 1.0, 2.0] if path else [-1.0, -1.0, 0.0, 0.0, 0.0]
    nodes = np.array([her_wish, [-1.0, -1.0, -1.0, 0.0, 1.0]])
    known = people.growth != UNKNOWN
    untold = known & wants & (vacancy.growth_path == UNKNOWN)
    build.add("growth_wish", {"growth": value}, known & ~untold, {"growth": nodes}, untold.astype(np.int32))


def compare_vacancy(build: Builder, vacancy: Vacancy) -> None:
    """What the vacancy tells of itself, alike for everybody."""
    build.add("vacancy", {"vacancy_detail": np.full(build.n, vacancy.detail)})


def compare_capacities(build: Builder, people: Candidates, vacancy: Vacancy, beliefs: PoolBeliefs) -> None:
    """The margin on each dimension that some task asks something of; all others do not count, whatever she can."""
    asked, by_level = asked_capacities(demands_of(vacancy))
    believed = believed_capacities(beliefs.model, people, asked)
    for column, (number, margins) in enumerate(zip(asked, by_level, strict=True)):
        build.fields.append(capacity_field(number, margins, people.capacities[:, number], believed[:, column]))


def asked_capacities(demands: Demands) -> tuple[list[int], Floats]:
    """The positions in Capacity of the dimensions that some task asks something of, and the margin by level of each."""
    by_level = margins_by_level(demands)  # (20, 5)
    asked = np.flatnonzero(~np.isnan(by_level[:, 0]))
    return asked.tolist(), by_level[asked]


def believed_capacities(model: LevelModel, people: Candidates, asked: Sequence[int]) -> npt.NDArray[np.int16]:
    """The belief on each of the capacities that are asked, -1 where known, (n, len(asked)): her other levels tell."""
    return believed_levels(model, levels_of(people), [*asked, *NOT_CAPACITIES])[:, : len(asked)]


def capacity_field(number: int, margins: Floats, levels: Ints, belief: Ints) -> FieldValues:
    """The margin on one capacity, from that of each level (5,), and the level or else the belief of n people."""
    feature = f"capacity.{CAPACITIES[number]}"
    weights = level_beliefs(len(margins))
    return FieldValues(
        f"capacities.{CAPACITIES[number]}",
        {feature: np.where(levels >= 0, margins[np.maximum(levels, 0)], np.nan)},
        belief.astype(np.int32),
        {feature: np.tile(margins, (len(weights), 1))},
        weights,
        {feature: margins[[1, 2, 2, 3, 4]]},
    )
