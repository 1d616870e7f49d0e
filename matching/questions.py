"""Questions worth asking a candidate: per unknown field what an answer would decide, and how far it moves her chances.

The ways in ask it. The words of each question stand in the locale (`ask.<field>`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.demands import Demands, Person, judged_for, open_demands, person_of, possible_for, suitable
from matching.pool_building import Held
from matching.ranking import Ranker
from scoring.columns import NO_DAY, UNKNOWN, Bools, Candidates, Ints, Vacancy
from scoring.constraints import BLOCKED
from scoring.model import FIXED_POINT, sigmoid
from scoring.parts import WHOLE_WEEK, Part
from scoring.reference import Judged
from scoring.terms import CAPACITIES, AccessNeed, Certificate, ContractKind, Licence, ScreeningAnswer, TargetGroup

BEST = 20  # vacancies over which the movement of a score is averaged
SCORED = 100  # vacancies, evenly spread over those that are possible, out of which these are the best
LATE_DAYS = 366
_HOURS = ((4.0, 8.0), (12.0, 16.0), (20.0, 24.0), (28.0, 32.0), (36.0, 40.0))  # a week, as people answer


@dataclass(frozen=True)
class WorthAsking:
    """An unknown field: open vacancies that some answer would close and another keep open, and how far scores move."""

    field: str
    vacancies: int
    moves: float  # standard deviation of the score by what the answer may be, mean over her best vacancies


@dataclass(frozen=True)
class CandidateQuestions:
    """The questions of one candidate, the most telling first; `possible`: open vacancies that do not block her now."""

    candidate_id: str
    possible: int
    questions: tuple[WorthAsking, ...]


def questions_for(held: Held, ranker: Ranker, candidate_id: str) -> CandidateQuestions:
    """What to ask this candidate. Raises NotFound.

    Vacancies are counted exactly, each distinct demand once; what an answer may be is `_answers` below. Moves come from
    the beliefs that scores are integrated over, on her best out of a sample of the vacancies that are possible.
    """
    person = person_of(ranker, candidate_id)
    decided: dict[str, int] = {}
    n_possible = 0
    for demands, rows in open_demands(held.vacancies):
        possible = possible_for(ranker, person.people, demands, rows)
        n_possible += len(possible)
        for field, which in _decided(ranker, person, demands, possible).items():
            decided[field] = decided.get(field, 0) + int(np.count_nonzero(which))
    moved = _moves(ranker, held, person)
    fields = {field for field, n in decided.items() if n} | {field for field, moves in moved.items() if moves > 0}
    found = [WorthAsking(field, decided.get(field, 0), moved.get(field, 0.0)) for field in fields]
    found.sort(key=lambda one: (-one.vacancies, -one.moves, one.field))
    return CandidateQuestions(candidate_id, n_possible, tuple(found))


def _decided(ranker: Ranker, person: Person, demands: Demands, rows: Ints) -> dict[str, Bools]:
    """Per unknown field which of these vacancies its answer would decide, (m,)."""
    found = {}
    for field, (part, answers) in _answers(person.people, ranker).items():
        found[field] = demands.by_demand(part, rows, _Decides(ranker, answers))
    for number in np.flatnonzero(person.people.capacities[0] == UNKNOWN).tolist():
        found[f"capacities.{CAPACITIES[number]}"] = demands.least[rows, number] > 0
    travels = (demands.place[rows] >= 0) & (demands.trips[rows] != 0)
    if min(person.people.place[0], person.people.modes[0], person.people.max_minutes[0]) < 0:
        found["travel"] = travels
    return found


@dataclass(frozen=True)
class _Decides:
    """Whether one of the possible answers blocks and another does not."""

    ranker: Ranker
    answers: Candidates

    def __call__(self, part: Part, vacancy: Vacancy) -> bool:
        given = [codes == BLOCKED for codes, _ in part.answers(self.answers, vacancy, self.ranker.asked).values()]
        blocked = np.any(given, axis=0)
        return bool(blocked.any() and not blocked.all())


def _answers(person: Candidates, ranker: Ranker) -> dict[str, tuple[str, Candidates]]:
    """Per unknown field the part that it belongs to, and this person with each answer that she may give."""
    today = ranker.asked.today
    found: dict[str, tuple[str, Candidates]] = {}

    def may_be(field: str, part: str, unknown: bool, columns: Mapping[str, Sequence[object]]) -> None:
        if unknown:
            n = len(next(iter(columns.values())))
            people = person.take(np.zeros(n, np.int64))
            told = {name: np.array(values, getattr(person, name).dtype) for name, values in columns.items()}
            found[field] = part, replace(people, **told)  # type: ignore[arg-type]

    low, high = float(person.hours_min[0]), float(person.hours_max[0])
    ranges = [(low if low == low else a, high if high == high else b) for a, b in _HOURS]
    ranges = [(a, b) for a, b in ranges if a <= b]
    if ranges:
        hours = {"hours_min": [a for a, _ in ranges], "hours_max": [b for _, b in ranges]}
        may_be("hours", "hours", bool(np.isnan([low, high]).any()), hours)
    may_be("weekly_grid", "weekly_grid", bool(person.grid[0] == UNKNOWN), {"grid": [0, WHOLE_WEEK]})
    late = [today, today + LATE_DAYS]
    may_be("available_from", "start", bool(person.available_from[0] == NO_DAY), {"available_from": late})
    may_be("education", "education", bool(person.education[0] == UNKNOWN), {"education": range(8)})
    spoken = person.languages[0]
    if (spoken == UNKNOWN).any():
        levels = np.where(spoken[None, :] == UNKNOWN, np.arange(7)[:, None], spoken[None, :])
        may_be("languages", "languages", True, {"languages": levels.tolist()})
    papers = {
        "licences": (0, (1 << len(Licence)) - 1),
        "certificates": (0, (1 << len(Certificate)) - 1),
    }
    open_ = [name for name in papers if int(getattr(person, name)[0]) == UNKNOWN]
    columns: dict[str, list[object]] = {name: list(papers[name]) for name in open_}
    screened = person.screenings[0]
    if (screened == UNKNOWN).any():
        answers = [ScreeningAnswer.NOT_OBTAINABLE, ScreeningAnswer.OBTAINED]
        by_position = {ScreeningAnswer.NOT_OBTAINABLE: 0, ScreeningAnswer.OBTAINED: 2}
        columns["screenings"] = [np.where(screened == UNKNOWN, by_position[one], screened).tolist() for one in answers]
    if columns:
        may_be("papers", "papers", True, columns)
    kinds = [*(1 << number for number in range(len(ContractKind)))]
    may_be("contract_kinds", "contract", bool(person.contract_kinds[0] == UNKNOWN), {"contract_kinds": kinds})
    needs = [0, (1 << len(AccessNeed)) - 1]
    may_be("access_needs", "formal", bool(person.access_needs[0] == UNKNOWN), {"access_needs": needs})
    groups = [0, (1 << len(TargetGroup)) - 1]
    may_be("target_groups", "formal", bool(person.groups[0] == UNKNOWN), {"groups": groups})
    return found


def _moves(ranker: Ranker, held: Held, person: Person) -> dict[str, float]:
    """Per unknown field the standard deviation of her score by what it may be, mean over her best vacancies."""
    best = suitable(ranker, held.vacancies, person, SCORED)[:BEST]
    total: dict[str, float] = {}
    for one in best:
        judged = judged_for(ranker, person, one.vacancy)
        for field, spread in _spreads(judged).items():
            total[field] = total.get(field, 0.0) + spread * one.score / len(best)
    return total


def _spreads(judged: Judged) -> dict[str, float]:
    """Per unknown field of one pair the standard deviation of the logarithm of the score, to first order."""
    slope = 1 - sigmoid(judged.log_odds[0] / FIXED_POINT)
    found = {}
    for field in judged.fields:
        if len(field.unknown.people):
            moved = np.asarray(slope) @ field.unknown.moves[0]  # (K,), centred by its weights
            found[field.field] = float(np.sqrt((field.unknown.weights[0] * moved**2).sum()))
    return found
