"""The words of a pool and of a vacancy, resolved: titles to occupations, texts to skills, each distinct text once."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np

from matching.profiles import Task, VacancyProfile
from scoring.columns import Floats, Ints, Vacancy
from scoring.likeness import Likeness, Related
from scoring.resolve import SkillMatcher, TitleMatcher, TitleTable
from scoring.skills import skill_relatedness_row, telling
from scoring.taxonomy import Taxonomy

FROM_WORK = 0.7  # credit of a skill that is known only because she did work that asks it
INFERRED_OCCUPATION = 0.35  # from which likeness of skills an untitled vacancy is compared as an occupation

KEPT_NEARNESS = 400  # titles of vacancies whose nearness to all titles of a pool is kept: 4 bytes for each of these

Weighted: TypeAlias = tuple[int, float]  # a skill number with a weight or a credit, 0..1


class Vocabulary:
    """Taxonomy and matchers of one version of the reference data; keeps what it resolved."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.titles = TitleMatcher(taxonomy)
        self.skills = SkillMatcher(taxonomy, self.titles.compounds)
        self.tells = telling(taxonomy)
        self._related: dict[int, Related] = {}
        self._skills_of: dict[str, tuple[Weighted, ...]] = {}
        self._nearness = lru_cache(maxsize=KEPT_NEARNESS)(self._nearness_uncached)

    def related(self, skill: int) -> Related:
        """The skills that stand in for this one."""
        if skill not in self._related:
            row = skill_relatedness_row(self.taxonomy, skill)
            skills = np.flatnonzero(row)
            self._related[skill] = Related(skills.astype(np.int32), row[skills])
        return self._related[skill]

    def skills_of(self, text: str) -> tuple[Weighted, ...]:
        """The skills that a text speaks of, each with how sure."""
        if text not in self._skills_of:
            found = self.skills.resolve_skills(text)
            self._skills_of[text] = tuple((one.skill, float(one.confidence)) for one in found)
        return self._skills_of[text]

    def needed_skills(self, task: Task) -> tuple[Weighted, ...]:
        """The skills that a task needs: those it names, else those that its text speaks of."""
        found: dict[int, float] = {}
        for text in task.skills if task.skills is not None else [task.text]:
            for skill, sure in self.skills_of(text):
                found[skill] = max(found.get(skill, 0.0), sure)
        return tuple(found.items())

    def skills_of_title(self, title: str) -> tuple[Weighted, ...]:
        """What work under this title usually asks, weighted by its share of the hours."""
        found = self.titles.resolve(title, 1)
        if not found:
            return ()
        skills, weights = self.taxonomy.occupation_skills.row(found[0].occupation)
        return tuple(
            (int(skill), float(weight) * found[0].confidence) for skill, weight in zip(skills, weights, strict=True)
        )

    def likely_title(self, skills: Iterable[Weighted]) -> tuple[str, float]:
        """The occupation whose skills are most like these, with the likeness (cosine, 0..1); "" where none is near."""
        weights = np.zeros(len(self.taxonomy.skill_codes))
        for skill, weight in skills:
            weights[skill] = max(weights[skill], weight * self.tells[skill])
        length = float(np.linalg.norm(weights))
        if length == 0:
            return "", 0.0
        strength, owner, norms = self._work_vectors
        links = self.taxonomy.occupation_skills
        dot = np.bincount(owner, strength * weights[links.indices], len(links.indptr) - 1)
        cosine = dot / np.maximum(norms * length, 1e-9)
        best = int(cosine.argmax())
        return self.taxonomy.occupation_titles[best], float(cosine[best])

    @cached_property
    def _work_vectors(self) -> tuple[Floats, Ints, Floats]:
        """Per link of an occupation and a skill its strength and its occupation; per occupation its length."""
        links = self.taxonomy.occupation_skills
        strength = links.weight * self.tells[links.indices]
        owner = np.repeat(np.arange(len(links.indptr) - 1), np.diff(links.indptr))
        return strength, owner, np.sqrt(np.bincount(owner, strength**2, len(links.indptr) - 1))

    def title_table(self, titles: Sequence[str]) -> TitleTable:
        """Distinct titles, placed once, to compare with the work of many vacancies."""
        return TitleTable(self.titles, titles)

    def nearness(self, table: TitleTable, title: str) -> Floats:
        """Nearness of each title of the table to the work that `title` names, (n_titles,)."""
        return self._nearness(table, title)

    def _nearness_uncached(self, table: TitleTable, title: str) -> Floats:
        return np.asarray(table.nearness(title), np.float32)

    def likeness(self, vacancy: Vacancy, table: TitleTable) -> Likeness:
        """How the words and skills of a vacancy compare with the vocabularies of a pool."""
        needed = [one for task in vacancy.tasks for one in task.skills]
        if vacancy.title and self.titles.resolve(vacancy.title):
            near = self.nearness(table, vacancy.title)
        else:
            title, like = self.likely_title(needed)
            near = np.zeros(len(table.titles), np.float32)
            if like >= INFERRED_OCCUPATION:
                near = self.nearness(table, title) * np.float32(min(1.0, 0.4 + like))
            if vacancy.title:
                near = np.maximum(near, self.nearness(table, vacancy.title))
        related, weights = self._related_and_telling(needed)
        desired, desired_weights = self._related_and_telling(vacancy.desired_skills)
        owner = [number for number, task in enumerate(vacancy.tasks) for _ in task.skills]
        return Likeness(near, related, weights, np.array(owner, np.int32), desired, desired_weights)

    def _related_and_telling(self, skills: Sequence[Weighted]) -> tuple[tuple[Related, ...], Floats]:
        """What stands in for each skill, and its weight times how telling it is, (len(skills),)."""
        if not skills:
            return (), np.zeros(0)
        numbers, weights = zip(*skills, strict=True)
        tells = np.array(weights, np.float32) * self.tells[list(numbers)]
        return tuple(map(self.related, numbers)), tells.astype(np.float64)


_NEGATED = re.compile(
    r"^(?:liever |absoluut |beslist )?(?:geen|niet|nooit)\b(?:\s+(?:meer|in|met|als|de|het|een))*\s*", re.I
)


def without_negation(text: str) -> tuple[str, bool]:
    """A wish without "geen" or "niet (in de)" before it, and whether it said so: then it is work that she refuses."""
    rest = _NEGATED.sub("", text.strip())
    return (rest, True) if rest and rest != text.strip() else (text, False)


def stated_detail(profile: VacancyProfile) -> float:
    """Which part of what a person wants to know before she says yes the vacancy states, 0..1."""
    stated = [
        bool(profile.title),
        bool(profile.tasks),
        bool(profile.tasks) and len(profile.tasks or []) > 1,
        profile.hours is not None,
        profile.work_times is not None,
        profile.postcode is not None or profile.remote_share == 1,
        profile.start_on is not None,
        profile.kind is not None,
        profile.contract_months is not None,
        profile.settings is not None or profile.sector is not None,
    ]
    return sum(stated) / len(stated)
