"""What is unknown is neither a no nor an average: the integrated score is right, and nobody drops out of sight."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from matching.profiles import CandidateProfile, VacancyProfile
from matching.readying import ready_vacancy
from matching.store import load_vacancy
from scoring.features import FieldValues, compare
from scoring.model import FIXED_POINT, SCALES, Model, sigmoid
from tests.cases.background import Fields, people, vacancies
from tests.cases.field import Field, Opened

DRAWS = 20_000
PLACES = 10


def _profiles(found: list[Fields], source: str) -> list[CandidateProfile]:
    return [CandidateProfile.model_validate(one | {"source": source}) for one in found]


def _openings(field: Field, seed: int, n: int) -> list[VacancyProfile]:
    return [VacancyProfile.model_validate(one | {"source": "w"}) for one in vacancies(field.reference, seed, n)]


def _compared(field: Field, opened: Opened, vacancy: int) -> list[FieldValues]:
    """The fields of all people given against one vacancy, with what is believed where they are unknown."""
    ranker, identifier = opened.ranker, opened.vacancies[vacancy]
    ready = ready_vacancy(identifier, load_vacancy(opened.session, identifier), ranker.pool)
    rows = np.array([ranker.pool.position[one] for one in opened.people])
    around = ranker.around(ready)
    fields, _ = compare(
        ranker.pool.people.take(rows),
        ready,
        ranker.likeness(ready),
        ranker.answers(ready).take(rows),
        ranker.pool.beliefs.take(rows),
        around.place_minutes,
        around.region_places,
        around.margins,
        field.model,
    )
    return fields


def _drawn_score(
    rng: np.random.Generator, fields: list[FieldValues], row: int, known: npt.NDArray[np.float64], model: Model
) -> float:
    """The mean product of the three chances over draws of all that is unknown of one person, each field at once.

    `known` (3,): prior and contributions of what is known, in log-odds.
    """
    log_odds = np.tile(known, (DRAWS, 1))
    for part in fields:
        belief = part.belief[row]
        if belief >= 0:
            weights = part.weights[belief]
            node = rng.choice(len(weights), DRAWS, p=weights / weights.sum())
            for name, nodes in part.nodes.items():
                table = model.tables[name][:, SCALES[name].bins(nodes[belief])] / FIXED_POINT
                log_odds += table[:, node].T
    return float(sigmoid(log_odds).prod(axis=1).mean())


@dataclass(frozen=True)
class Checked:
    """One pair of which at least three fields are unknown: the score, and the mean over the draws."""

    score: float
    drawn: float

    @property
    def error(self) -> float:
        return abs(self.score - self.drawn) / self.drawn


@pytest.fixture(scope="session")
def checked(field: Field) -> list[Checked]:
    """All pairs that are not blocked in three worlds in which a third of what may be known is not."""
    hardly: list[Fields] = [{"postcode": "3511"}, {"postcode": "3581"}, {"postcode": "3511", "hours": {"max": 24}}]
    found = []
    for seed in (1, 2, 3):
        rng = np.random.default_rng(seed)
        given = _profiles(people(field.reference, seed, 50), "w") + _profiles(hardly, "hardly")
        with field.opened(given, _openings(field, seed, 4), alone=True) as opened:
            for number in range(len(opened.vacancies)):
                fields, judged = _compared(field, opened, number), opened.judged(number)
                unknown = np.sum([~part.known & (part.stake > 0) for part in judged.fields], axis=0)
                for row in np.flatnonzero((unknown >= 3) & judged.answers.eligible()):
                    known = field.model.prior.astype(np.float64)
                    for part in judged.fields:
                        if part.known[row]:
                            known = known + np.sum([table[:, row] for table in part.contributions.values()], axis=0)
                    drawn = _drawn_score(rng, fields, int(row), known / FIXED_POINT, field.model)
                    found.append(Checked(float(judged.product.score[row]), drawn))
    assert len(found) > 200
    return found


def test_the_integrated_product_is_within_five_per_cent_of_drawing_all_unknowns(checked: list[Checked]) -> None:
    errors = [one.error for one in checked]
    assert np.quantile(errors, 0.95) <= 0.05
    assert np.mean(errors) <= 0.02


def test_where_the_chance_is_not_remote_the_product_is_within_five_per_cent_as_well(checked: list[Checked]) -> None:
    errors = [one.error for one in checked if one.score >= 0.03]
    assert len(errors) > 20
    assert np.quantile(errors, 0.95) <= 0.05
    assert np.mean(errors) <= 0.02


HIDDEN = ("skills", "wishes", "workDone", "capacities", "travel", "hours")


def _without(person: Fields, name: str) -> Fields:
    if name == "travel":
        return person | {"travel": {"maxMinutes": person["travel"]["maxMinutes"]}}
    return {other: value for other, value in person.items() if other != name}


def _taken(field: Field, given: list[Fields], work: list[VacancyProfile], half: npt.NDArray[np.bool_]) -> int:
    """How many of the first ten places of all vacancies go to that half of the people."""
    with field.opened(_profiles(given, "w"), work, alone=True) as opened:
        hers = {identifier for identifier, there in zip(opened.people, half, strict=True) if there}
        return sum(
            item.candidate_id in hers for number in range(len(work)) for item in opened.ranked(number, limit=PLACES)
        )


@pytest.mark.parametrize("name", [*HIDDEN[:2], *(pytest.param(one, marks=pytest.mark.soak) for one in HIDDEN[2:])])
def test_a_hidden_field_does_not_push_people_out_of_the_top_ten(field: Field, name: str) -> None:
    """Half of the people keep at least 40 % of their places among the first ten when one strong field is hidden."""
    in_truth = when_hidden = 0
    for seed in (11, 12, 13):
        given, work = people(field.reference, seed, 400, whole=True), _openings(field, seed, 10)
        half = np.random.default_rng(seed).permutation(len(given)) < len(given) // 2
        hidden = [_without(one, name) if there else one for one, there in zip(given, half, strict=True)]
        in_truth += _taken(field, given, work, half)
        when_hidden += _taken(field, hidden, work, half)
    assert in_truth > 100
    assert when_hidden >= 0.4 * in_truth
