"""Random pools and vacancies straight as arrays, each drawn from a seed: any field unknown, any demand made."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from scoring.beliefs import PoolBeliefs, fit_match, fit_pool
from scoring.columns import NO_DAY, UNKNOWN, Adaptation, Candidates, Ints, Lists, Task, Vacancy
from scoring.constraints import Margins
from scoring.likeness import Likeness, Related
from scoring.model import Model, load_prior
from scoring.order import row_order
from scoring.packed import PackedPool
from scoring.packing import Journeys, journeys_of
from scoring.parts import Asked
from scoring.reference import Surroundings
from scoring.terms import (
    CAPACITIES,
    AccessNeed,
    Certificate,
    ContractKind,
    EndReason,
    Growth,
    Licence,
    Screening,
    Sector,
    Supplier,
    SupportNeed,
    TargetGroup,
    TaskFreedom,
    WorkSetting,
)

PRIOR = load_prior()
TODAY = 20_779
WHOLE_WEEK = (1 << 28) - 1
N_SKILLS = 40
LANGUAGES = ("nl", "en", "ar", "pl")
NEARNESS_EDGES = np.array([0.0, 0.2, 0.45, 0.6, 0.7, 0.75, 0.9, 1.0])
Rng = np.random.Generator


@dataclass(frozen=True)
class Demand:
    """One vacancy, how it compares in words and skills, and the journeys to it."""

    vacancy: Vacancy
    likeness: Likeness
    place_minutes: Ints  # (places, 5)


@dataclass(frozen=True)
class RandomWorld:
    """People in the order of a pool, what is believed of them, and some vacancies."""

    people: Candidates
    beliefs: PoolBeliefs
    regions: Ints  # (places,) region of each place
    margins: Margins
    model: Model
    demands: tuple[Demand, ...]

    @property
    def asked(self) -> Asked:
        return Asked(self.margins, self.model, TODAY)

    def around(self, demand: Demand) -> Surroundings:
        places = {int(one): np.flatnonzero(self.regions == one) for one in np.unique(self.regions) if one >= 0}
        return Surroundings(demand.place_minutes, places, self.margins, self.model, TODAY)

    def journeys(self, demand: Demand) -> Journeys:
        return journeys_of(demand.place_minutes, self.regions)

    def packed(self) -> PackedPool:
        return PackedPool(self.people, self.beliefs, self.model, self.regions)

    def among(self, rows: Ints) -> "RandomWorld":
        """The same world with only these people, in the order of a pool."""
        rows = rows[row_order(self.people.take(rows))]
        return replace(self, people=self.people.take(rows), beliefs=self.beliefs.take(rows))


def random_world(seed: int, n: int | None = None, n_vacancies: int = 3, model: Model = PRIOR) -> RandomWorld:
    """A world of n people (drawn: nobody, one, or up to some two hundred), the same for the same seed."""
    rng = np.random.default_rng(seed)
    if n is None:
        n = int(rng.choice([0, 1, 2, int(rng.integers(3, 15)), int(rng.integers(15, 80)), int(rng.integers(80, 220))]))
    n_places = int(rng.choice([1, 2, 12, 40]))
    regions = rng.integers(-1, int(rng.integers(0, 5)), n_places).astype(np.int16)
    people = _people(rng, n, regions)
    people = people.take(row_order(people))
    demands = tuple(_demand(rng, people, n_places) for _ in range(n_vacancies))
    return RandomWorld(people, _beliefs(rng, people), regions, _margins(rng), model, demands)


def identical_people(seed: int, n: int) -> RandomWorld:
    """A world in which n people say exactly the same of themselves; only the hash of an id tells them apart."""
    world = random_world(seed, n=1, n_vacancies=8)
    keys = np.random.default_rng(seed + 1).integers(0, 1 << 63, n, np.uint64)
    people = replace(world.people.take(np.zeros(n, np.int64)), ids=tuple(f"c{i}" for i in range(n)), key=keys)
    people = people.take(row_order(people))
    return replace(world, people=people, beliefs=world.beliefs.take(np.zeros(n, np.int64)))


def bent_model(seed: int, spread: float) -> Model:
    """The prior with each shape steeper or flatter by a random factor: a model that learned something."""
    rng = np.random.default_rng(seed)
    shapes = {
        question: {
            name: replace(shape, points=_scaled(shape.points, float(np.exp(rng.normal(0, spread)))))
            for name, shape in by_feature.items()
        }
        for question, by_feature in PRIOR.shapes.items()
    }
    prior = PRIOR.prior + np.rint(rng.normal(0, spread, 3) * 65536).astype(np.int32)
    return replace(PRIOR, version=f"bent-{seed}", shapes=shapes, prior=prior)


def wild_model(seed: int) -> Model:
    """Shapes that go up and down at random: no bound may lean on what a shape is expected to do."""
    rng = np.random.default_rng(seed)
    shapes = {
        question: {
            name: replace(shape, points=tuple((value, float(rng.normal(0, 1.5))) for value, _ in shape.points))
            for name, shape in by_feature.items()
        }
        for question, by_feature in PRIOR.shapes.items()
    }
    return replace(PRIOR, version=f"wild-{seed}", shapes=shapes)


def _scaled(points: tuple[tuple[float, float], ...], factor: float) -> tuple[tuple[float, float], ...]:
    return tuple((value, log_odds * factor) for value, log_odds in points)


class _Columns:
    """Draws columns of n people, each with a share of unknowns of its own."""

    def __init__(self, rng: Rng, n: int) -> None:
        self.rng, self.n = rng, n
        self.shares = {"some": (0.0, 0.0, 0.2, 0.5, 0.9, 1.0), "all": (1.0,), "none": (0.0,)}[
            str(rng.choice(["some", "some", "some", "some", "all", "none"]))
        ]

    def unknown(self, shape: tuple[int, ...]) -> Any:
        return self.rng.random(shape) < self.rng.choice(self.shares)

    def whole(self, low: int, high: int, width: Any, nothing: int = UNKNOWN, columns: int | None = None) -> Any:
        shape = (self.n,) if columns is None else (self.n, columns)
        values = self.rng.integers(low, high + 1, shape)
        return np.where(self.unknown(shape), nothing, values).astype(width)

    def among(self, values: Any, width: Any, nothing: float = UNKNOWN) -> Any:
        return np.where(self.unknown((self.n,)), nothing, self.rng.choice(values, self.n)).astype(width)

    def mask(self, n_bits: int, width: Any) -> Any:
        """Sets of some members: often none, few or all of them."""
        likely = self.rng.choice([0.0, 0.15, 0.5, 0.9, 1.0], self.n)
        drawn = self.rng.random((self.n, n_bits)) < likely[:, None]
        return np.where(self.unknown((self.n,)), UNKNOWN, drawn @ (1 << np.arange(n_bits))).astype(width)

    def known(self) -> Any:
        return ~self.unknown((self.n,))

    def lists(self, most: int, n_items: int, numbers: Any, known: Any) -> Lists:
        lengths = self.rng.integers(0, most + 1, self.n) * known if n_items else np.zeros(self.n, np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        items = self.rng.integers(0, max(n_items, 1), starts[-1]).astype(np.int32)
        return Lists(starts, items, self.rng.choice(numbers, starts[-1]).astype(np.float32))


def _people(rng: Rng, n: int, regions: Ints) -> Candidates:
    draw = _Columns(rng, n)
    n_titles, n_employers, n_teams = int(rng.choice([0, 1, 30])), int(rng.choice([0, 4])), 3
    place = draw.whole(0, len(regions) - 1, np.int32)
    if n and rng.random() < 0.2:
        place[:] = place[0]
    region = np.where(place >= 0, regions[place], draw.whole(0, 5, np.int16)).astype(np.int16)
    codes = LANGUAGES[: int(rng.integers(0, len(LANGUAGES) + 1))]
    hours_max = draw.among([0, 2, 8, 12, 16, 20.5, 24, 32, 36, 40, 60], np.float32, np.nan)
    wishes_known, work_known, skills_known = draw.known(), draw.known(), draw.known()
    tried = draw.lists(2 if rng.random() < 0.5 else 0, n_employers, range(len(EndReason)), np.ones(n, np.int64))
    return Candidates(
        ids=tuple(f"c{i}" for i in range(n)),
        key=rng.integers(0, 1 << 63, n, np.uint64) * np.uint64(2) + np.uint64(1),
        place=place,
        region=region,
        agreed=rng.random(n) < 0.95,
        paused=rng.random(n) < rng.choice([0.0, 0.3]),
        resumes_on=draw.among(TODAY + np.array([-400, 0, 10, 100, 9_999]), np.int32, NO_DAY),
        available_from=draw.among(TODAY + np.array([-9_999, -1, 0, 1, 8, 27, 28, 29, 200]), np.int32, NO_DAY),
        groups=draw.mask(len(TargetGroup), np.int32),
        modes=draw.mask(5, np.int8),
        max_minutes=draw.among([0, 1, 15, 30, 45, 60, 90, 180, 600], np.int16),
        hours_min=np.where(rng.random(n) < 0.2, np.nan, hours_max * rng.choice([0, 0.5, 1], n)).astype(np.float32),
        hours_max=hours_max,
        build_up_to=draw.among([16, 24, 40], np.float32, np.nan),
        hours_per_day_max=draw.among([2, 4, 6.5, 8], np.float32, np.nan),
        grid=draw.mask(28, np.int32),
        education=draw.whole(0, 7, np.int8),
        languages=draw.whole(0, 6, np.int8, columns=len(codes)),
        language_codes=codes,
        licences=draw.mask(len(Licence), np.int16),
        certificates=draw.mask(len(Certificate), np.int32),
        screenings=draw.whole(0, 2, np.int8, columns=len(Screening)),
        capacities=draw.whole(int(rng.integers(0, 5)), 4, np.int8, columns=len(CAPACITIES)),
        support_needs=draw.mask(len(SupportNeed), np.int32),
        suppliers=draw.whole(0, len(Supplier) - 1, np.int8, columns=len(SupportNeed)),
        access_needs=draw.mask(len(AccessNeed), np.int8),
        contract_kinds=draw.mask(len(ContractKind), np.int16),
        contract_months_min=draw.among([0, 3, 6, 12, 60], np.int16),
        growth=draw.whole(0, len(Growth) - 1, np.int8),
        sectors=draw.mask(len(Sector), np.int32),
        not_sectors=draw.mask(len(Sector), np.int32),
        settings=draw.mask(len(WorkSetting), np.int32),
        not_settings=draw.mask(len(WorkSetting), np.int32),
        open_introductions=rng.choice([0, 0, 0, 1, 2, 5], n).astype(np.int8),
        max_open_introductions=rng.choice([1, 2, 2, 2, 10, 127], n).astype(np.int8),
        skills=draw.lists(int(rng.choice([0, 3, 25])), N_SKILLS, [0.1, 0.4, 0.8, 1.0], skills_known),
        skills_known=skills_known,
        titles=tuple(f"title {i}" for i in range(n_titles)),
        wishes=draw.lists(int(rng.choice([0, 1, 2, 5])), n_titles, [1.0], wishes_known),
        wishes_known=wishes_known,
        refusals=draw.lists(int(rng.choice([0, 0, 2])), n_titles, [1.0], np.ones(n, np.int64)),
        work=draw.lists(int(rng.choice([0, 1, 2, 6])), n_titles, [0, 2, 7.5, 24, 119, 500, np.nan], work_known),
        work_known=work_known,
        tried=tried,
        tried_teams=rng.integers(-1, n_teams, len(tried.items)).astype(np.int32),
        employers=tuple(f"employer {i}" for i in range(n_employers)),
        teams=tuple(f"team {i}" for i in range(n_teams)),
    )


def _beliefs(rng: Rng, people: Candidates) -> PoolBeliefs:
    pairs = int(rng.choice([0, 300]))
    told = [np.where(rng.random(pairs) < 0.3, np.nan, rng.random(pairs)) for _ in range(3)]
    return fit_pool(people, fit_match(*told))


def _margins(rng: Rng) -> Margins:
    return Margins(
        travel_minutes=int(rng.choice([0, 10])),
        few_trips_per_week=1.0,
        few_trips_factor=float(rng.choice([1, 1.5, 2, 3])),
        hours_per_week=4.0,
        hours_per_day=1.0,
        start_days=28,
        language_levels=1,
        dayparts=int(rng.choice([0, 1, 2])),
        papers=1,
        quick_licences=0b101,
        quick_certificates=0b11,
        reasons_that_hold=frozenset({0, 2, 3}),
    )


def _demand(rng: Rng, people: Candidates, n_places: int) -> Demand:
    often = float(rng.choice([0.0, 0.15, 0.4, 1.0]))  # how much this vacancy asks

    def asks() -> bool:
        return bool(rng.random() < often)

    def some(n_bits: int, likely: float = 0.2) -> int:
        return int((rng.random(n_bits) < likely) @ (1 << np.arange(n_bits)))

    def one(values: Any, nothing: float = UNKNOWN) -> Any:
        return rng.choice(values) if asks() else nothing

    stated = bool(rng.random() < 0.7)
    tasks = tuple(_task(rng, often) for _ in range(int(rng.choice([0, 1, 2, 5]))))
    desired = tuple((int(skill), 1.0) for skill in rng.choice(N_SKILLS, int(rng.integers(0, 4)), replace=False))
    fixed, possible = some(28) if asks() else 0, some(28, float(rng.choice([0, 0.05, 0.5]))) if asks() else 0
    least = float(one([0, 8, 12, 16, 24, 38], np.nan))
    languages = [*LANGUAGES, "xx"][: 1 if rng.random() < 0.5 else 5]
    vacancy = Vacancy(
        id="v",
        key=int(rng.integers(0, 1 << 63)),
        title="title" if rng.random() < 0.8 else "",
        place=int(rng.integers(0, n_places)) if rng.random() < 0.8 else UNKNOWN,
        region=UNKNOWN,
        trips_per_week=float(rng.choice([0, 0.5, 1, 2, 5, np.nan])),
        tasks=tasks,
        tasks_stated=stated,
        adaptations=tuple(_adaptation(rng, len(tasks)) for _ in range(int(rng.integers(0, 3)))),
        desired_skills=desired,
        employers=tuple(i for i in range(len(people.employers)) if rng.random() < 0.5),
        team=int(rng.integers(-1, len(people.teams) + 1)),
        sector=int(one(range(len(Sector)))),
        settings=some(len(WorkSetting)) if asks() else UNKNOWN,
        hours_min=least,
        hours_max=float(one([max(np.nan_to_num(least), hours) for hours in (8, 24, 32, 40)], np.nan)),
        hours_per_day=float(one([3, 6, 8], np.nan)),
        grid_fixed=fixed,
        grid_possible=possible,
        dayparts_needed=int(one([0, 1, 3, 10])),
        times_stated=asks(),
        education_by_law=int(one(range(8)) if rng.random() < 0.3 else UNKNOWN),
        education_wished=int(one(range(8))),
        languages=tuple((code, int(rng.integers(1, 7))) for code in languages if asks()),
        licences=some(len(Licence)) if asks() else 0,
        licences_desired=some(len(Licence)) if asks() else 0,
        certificates=some(len(Certificate), 0.08) if asks() else 0,
        certificates_desired=some(len(Certificate)) if asks() else 0,
        screenings=some(len(Screening), 0.5) if asks() else 0,
        access=tuple(int(answer) for answer in rng.choice([1, 1, 0, -1], 3)) if asks() else (1, 1, 1),  # type: ignore[arg-type]
        kind=int(one(range(len(ContractKind)))),
        contract_months=int(one([1, 6, 7, 12, 60])),
        start_on=TODAY + int(rng.choice([-30, 0, 14, 90])) if asks() else NO_DAY,
        offers=some(len(SupportNeed), 0.5) if asks() else 0,
        buddy=asks(),
        growth_path=int(one(range(len(Growth)))),
        counts_for=some(len(TargetGroup), 0.5) if asks() else 0,
        detail=float(rng.random()),
    )
    minutes = np.minimum(rng.integers(1, 60, (n_places, 1)) * rng.integers(1, 12, (1, 5)), 600).astype(np.int16)
    return Demand(vacancy, _likeness(rng, len(people.titles), tasks, desired), minutes)


def _task(rng: Rng, often: float) -> Task:
    demands = np.where(rng.random(len(CAPACITIES)) < 0.4 * often, rng.integers(0, 5, len(CAPACITIES)), 0)
    return Task(
        "task",
        float(rng.choice([np.nan, 0, 2, 20])),
        int(rng.integers(-1, len(TaskFreedom))),
        demands.astype(np.int8),
        (),
    )


def _adaptation(rng: Rng, n_tasks: int) -> Adaptation:
    task = int(rng.integers(-1, n_tasks))
    return Adaptation(int(rng.integers(len(CAPACITIES))), int(rng.integers(1, 4)), bool(rng.random() < 0.5), task)


def _likeness(rng: Rng, n_titles: int, tasks: tuple[Task, ...], desired: tuple[tuple[int, float], ...]) -> Likeness:
    edges = rng.random(n_titles) < 0.5
    nearness = np.where(edges, rng.choice(NEARNESS_EDGES, n_titles), rng.random(n_titles) ** 2)
    n_needs = int(rng.integers(0, 8)) if tasks else 0
    return Likeness(
        titles=nearness.astype(np.float32),
        related=tuple(_related(rng) for _ in range(n_needs)),
        weights=rng.choice([0.0, 0.3, 1.0, 2.5], n_needs),
        task=np.sort(rng.integers(0, max(len(tasks), 1), n_needs)).astype(np.int32),
        desired=tuple(_related(rng) for _ in desired),
        desired_weights=rng.choice([0.3, 1.0, 2.5], len(desired)),
    )


def _related(rng: Rng) -> Related:
    skills = np.sort(rng.choice(N_SKILLS + 10, int(rng.choice([0, 1, 6])), replace=False)).astype(np.int32)
    return Related(skills, rng.choice([0.25, 0.6, 1.0], len(skills)).astype(np.float32))


def answer_fields(answers: Any) -> dict[str, Any]:
    """The arrays of a dataclass by name, to compare one after the other."""
    return {field.name: getattr(answers, field.name) for field in fields(answers)}
