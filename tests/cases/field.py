"""A small field for the worked cases: a complete person, a complete vacancy, people around them, and the questions.

Everything goes through the tables and back: a profile is saved, the pool is read, the ranker is asked. Each question
is a transaction of which nothing stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from matching.profiles import CandidateProfile, VacancyProfile
from matching.ranking import Overruled, RankedItem, Ranker, overruled_for, ranker_of, speeds_of
from matching.readying import ready_vacancy
from matching.reference import ReferenceSet
from matching.rules import RuleSet
from matching.store import load_vacancies, load_vacancy, save_candidates, save_vacancies
from matching.tables.pairs import IntroductionRow
from matching.trajectories.introductions import By, insert_outcome
from matching.trajectories.terms import OutcomeKind, RecordedAs
from matching.vocabulary import Vocabulary
from scoring.columns import Ints
from scoring.model import Model
from scoring.reference import Judged
from scoring.taxonomy import PlaceTable
from scoring.terms import CAPACITIES, TRAVEL_MODES, Answer, Constraint, TravelMode
from scoring.travel import kilometres, minutes_by_mode
from tests.cases.background import Fields, grid

WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
AT_WORK = "3533"  # where the vacancy is
TASKS: tuple[Fields, ...] = tuple(
    {"text": text, "hoursPerWeek": 4, "freedom": "fixed", "skills": [skill], "demands": {"standing": 1}}
    for text, skill in (
        ("Dossiers in de kast opbergen", "dossiers opbergen"),
        ("Post sorteren per afdeling", "post sorteren"),
        ("Documenten scannen", "documenten scannen"),
        ("Telefoon aannemen", "telefoon aannemen"),
        ("Kopieën maken", "printen en kopiëren"),
    )
)
SKILLS = tuple(task["skills"][0] for task in TASKS)
PERSON: Fields = {
    "postcode": AT_WORK,
    "availableFrom": "2027-01-01",
    "targetGroups": [{"group": "banenafspraak"}],
    "wishes": {
        "work": ["archiefmedewerker"],
        "notWork": [],
        "sectors": ["office_services"],
        "notSectors": [],
        "settings": ["indoors"],
        "notSettings": [],
    },
    "hours": {"min": 16, "max": 24},
    "hoursPerDayMax": 8,
    "minutesBetweenBreaks": 120,
    "weeklyGrid": grid(WORKDAYS, "morning", "afternoon"),
    "travel": {"modes": ["bicycle"], "maxMinutes": 30},
    "languages": [{"language": "nl", "level": "B1"}],
    "licences": [],
    "certificates": [],
    "screenings": {"vog": "obtained", "ministry": "obtained"},
    "courses": [],
    "education": "mbo_2",
    "workDone": [{"title": "hovenier", "months": 12, "paid": True}],
    "skills": [{"skill": skill, "howKnown": "coach"} for skill in SKILLS[:4]],
    "capacities": {dimension.value: 2 for dimension in CAPACITIES},
    "supportNeeds": [],
    "accessNeeds": [],
    "contractKinds": ["job"],
    "contractMonthsMin": 0,
    "growthWish": "none",
}
VACANCY: Fields = {
    "title": "archiefmedewerker",
    "tasks": list(TASKS),
    "kind": "job",
    "workFloor": "Lindenhof",
    "team": "archief",
    "sector": "office_services",
    "settings": ["indoors"],
    "hours": {"min": 16, "max": 24},
    "hoursPerDay": 4,
    "workTimes": {"possible": grid(WORKDAYS, "morning"), "daypartsPerWeek": 4},
    "postcode": AT_WORK,
    "languages": [{"language": "nl", "level": "A2"}],
    "access": {"wheelchair": True, "lift": True, "toilet": True},
    "contractMonths": 12,
    "startOn": "2027-03-22",
    "growthPath": "none",
}


def changed(base: Fields, changes: Fields) -> Fields:
    """All else equal: the same with only the named fields changed; None takes a field away."""
    return {name: value for name, value in (base | changes).items() if value is not None}


def a_person(**changes: Any) -> CandidateProfile:
    """The complete person with some fields changed."""
    return CandidateProfile.model_validate(changed(PERSON, changes))


def a_vacancy(**changes: Any) -> VacancyProfile:
    """The complete vacancy with some fields changed."""
    return VacancyProfile.model_validate(changed(VACANCY, changes))


def task(**changes: Any) -> Fields:
    """One task of the complete vacancy, with some fields changed."""
    return TASKS[0] | changes


def tasks_with_first(**changes: Any) -> list[Fields]:
    """The five tasks, the first one changed."""
    return [task(**changes), *TASKS[1:]]


@dataclass(frozen=True)
class Opened:
    """A pool that holds the people asked about among those around them, and a saved vacancy."""

    session: Session
    ranker: Ranker
    people: tuple[str, ...]
    vacancies: tuple[str, ...]

    def explain(self, person: int = 0, vacancy: int = 0) -> RankedItem:
        """One pair, by their numbers in what was given."""
        identifier = self.vacancies[vacancy]
        return self.ranker.explain(identifier, load_vacancy(self.session, identifier), self.people[person])

    def explain_all(self, vacancy: int = 0) -> list[RankedItem]:
        """All people given, against one vacancy."""
        return [self.explain(number, vacancy) for number in range(len(self.people))]

    def judged(self, vacancy: int = 0) -> Judged:
        """All people given, in their order, judged for one vacancy at once."""
        identifier = self.vacancies[vacancy]
        ready = ready_vacancy(identifier, load_vacancy(self.session, identifier), self.ranker.pool)
        return self.ranker.judge(ready, np.array([self.ranker.pool.position[one] for one in self.people]))

    def scores(self, vacancy: int = 0) -> list[float]:
        """The scores of all people given, in their order."""
        return [float(score) for score in self.judged(vacancy).product.score]

    def profiles(self) -> dict[str, VacancyProfile]:
        """The vacancies given, as they came back from the tables."""
        return dict(load_vacancies(self.session, self.vacancies))

    def ranked(
        self, vacancy: int = 0, overruled: Overruled | None = None, limit: int | None = None
    ) -> list[RankedItem]:
        """The list of one vacancy in the order in which it is shown, whole or up to a limit."""
        identifier = self.vacancies[vacancy]
        profile = load_vacancy(self.session, identifier)
        decided = overruled or overruled_for(self.session, identifier)
        return list(self.ranker.rank(identifier, profile, limit or len(self.ranker.pool), decided).items)


class Field:
    """The database with reference data and people around each case, and what is slow to build."""

    def __init__(
        self,
        engine: Engine,
        vocabulary: Vocabulary,
        places: PlaceTable,
        reference: ReferenceSet,
        rules: RuleSet,
        model: Model,
        now: datetime,
    ) -> None:
        self.engine = engine
        self.vocabulary = vocabulary
        self.places = places
        self.reference = reference
        self.rules = rules
        self.model = model
        self.now = now

    def __repr__(self) -> str:
        return "field"  # in the example of a test that fails

    @property
    def today(self) -> date:
        return self.now.date()

    @contextmanager
    def undone(self) -> Iterator[Session]:
        """A transaction of which nothing stays."""
        with Session(self.engine) as session:
            yield session

    def ranker(self, session: Session) -> Ranker:
        """Read the pool and fit what is believed."""
        return ranker_of(session, self.vocabulary, self.places, self.today, self.rules, self.model)

    @contextmanager
    def opened(
        self,
        people: Sequence[CandidateProfile],
        vacancies: Sequence[VacancyProfile],
        *,
        open_introductions: int = 0,
        alone: bool = False,
    ) -> Iterator[Opened]:
        """A pool of these people, among those around them or alone; the first in so many open introductions."""
        with self.undone() as session:
            if alone:
                session.connection().execute(sa.delete(SQLModel.metadata.tables["candidates"]))
            openings = save_vacancies(session, vacancies, now=self.now).ids
            ids = save_candidates(session, people, now=self.now).ids
            for number in range(open_introductions):
                session.add(
                    IntroductionRow(
                        id=f"i{number}",
                        candidate_id=ids[0],
                        vacancy_id=openings[0],
                        organisation_id=None,
                        card_id=None,
                        made_by=None,
                        created_at=self.now,
                    )
                )
                session.flush()
                by = By(None, RecordedAs.ADVISER)
                insert_outcome(session, f"i{number}", OutcomeKind.ASKED, self.today, by=by, now=self.now)
            yield Opened(session, self.ranker(session), tuple(ids), tuple(openings))

    def pair(self, candidate: Fields | None = None, vacancy: Fields | None = None) -> RankedItem:
        """The complete person and the complete vacancy, each with some fields changed."""
        with self.opened([a_person(**candidate or {})], [a_vacancy(**vacancy or {})]) as opened:
            return opened.explain()

    def scores(self, candidates: Mapping[str, Fields], vacancy: Fields | None = None) -> dict[str, RankedItem]:
        """The same person several times in one pool, each time with other fields changed."""
        with self.opened([a_person(**one) for one in candidates.values()], [a_vacancy(**vacancy or {})]) as opened:
            return dict(zip(candidates, opened.explain_all(), strict=True))

    def order(self, candidates: Mapping[str, Fields], vacancy: Fields | None = None) -> list[str]:
        """The names of those people from the best score to the least."""
        found = self.scores(candidates, vacancy)
        return sorted(found, key=lambda name: -found[name].score)

    @cached_property
    def minutes_to_work(self) -> Ints:
        """Minutes per mode from every postcode to work, (number of postcodes, 5)."""
        here = int(np.searchsorted(self.places.pc4, int(AT_WORK)))
        latitude, longitude = self.places.latitude, self.places.longitude
        km = kilometres(float(latitude[here]), float(longitude[here]), latitude, longitude)
        return minutes_by_mode(km, speeds_of(self.rules, self.today))

    def postcodes_at(self, **minutes: int) -> list[str]:
        """All postcodes from which the ride to work takes just so many minutes, by mode."""
        fits = np.ones(len(self.places.pc4), bool)
        for mode, asked in minutes.items():
            fits &= self.minutes_to_work[:, TRAVEL_MODES.index(TravelMode(mode))] == asked
        return [str(pc4) for pc4 in self.places.pc4[fits]]

    def postcode_at(self, **minutes: int) -> str:
        """The first such postcode."""
        return self.postcodes_at(**minutes)[0]


def answers(item: RankedItem) -> dict[str, tuple[str, float | None, str]]:
    """Every constraint that is not simply ok: its answer, by how much, and the unit."""
    return {
        one.constraint.value: (one.answer.value, _by(one.reason.values.get("by")), one.unit)
        for one in item.explanation.constraints
        if one.answer != Answer.OK
    }


def _by(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def answer(item: RankedItem, constraint: str) -> str:
    """The answer of one constraint."""
    return next(one.answer for one in item.explanation.constraints if one.constraint == Constraint(constraint)).value


def contribution(item: RankedItem, question: str, feature: str) -> float:
    """What a feature adds to a question, in log-odds; 0 where it has no part in it."""
    parts = next(one for name, one in item.explanation.questions.items() if name.value == question)
    return sum(one.contribution for one in parts.contributions if one.feature == feature)
