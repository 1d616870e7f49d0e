"""How skills and occupations are tied: relatedness, how telling a skill is, coverage of needs, nearness of occupations.

The pool, the ranking and `resolve` call it; arrays in, arrays out.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scoring.taxonomy import Links, Taxonomy
from scoring.text import unit_rows

RELATED = 0.6
"""Relatedness by a link: somebody who knows the work said that most of the one carries over to the other."""
SIBLING = 0.45
"""Relatedness within one group: the same tools and place, but nobody vouched for this pair."""
COUSIN = 0.15
"""Relatedness within one group of groups: she knows the surroundings, and still has the skill to learn."""
COMPACT_GROUP = 12
"""Up to so many siblings the full `SIBLING` holds; in a wider group (ESCO has some of hundreds) it falls."""
LEAST_TELLING = 0.1
"""What a skill that every occupation asks for still counts."""

_ISCO_SHARED = np.array([0.0, 0.1, 0.3, 0.6, 1.0], dtype=np.float32)
"""Nearness by the number of first ISCO-08 digits that two occupations share."""
_SKILLS_SHARE, _ISCO_SHARE = 0.6, 0.4
_NEIGHBOUR_STEP = 0.5
"""A link between neighbours takes away this part of what the two lack in nearness."""


def telling(taxonomy: Taxonomy) -> NDArray[np.float32]:
    """How telling each skill is: inverse document frequency over occupations, float32 (n_skills,) in 0.1..1.

    1 for a skill of at most one occupation, least for one that all occupations ask for. The logarithm is that of
    inverse document frequency (Spärck Jones 1972), scaled by its largest value.
    """
    n_occupations = len(taxonomy.occupation_codes)
    asked = np.bincount(taxonomy.occupation_skills.indices, minlength=len(taxonomy.skill_codes))
    return _rarity(np.maximum(asked, 1), n_occupations)


def _rarity(asked: NDArray[Any], n_occupations: int) -> NDArray[np.float32]:
    if n_occupations < 2:
        return np.ones(len(asked), dtype=np.float32)
    share = np.log(n_occupations / np.clip(asked, 1, n_occupations)) / np.log(n_occupations)
    return (LEAST_TELLING + (1.0 - LEAST_TELLING) * share).astype(np.float32)


def skill_relatedness_row(taxonomy: Taxonomy, skill: int) -> NDArray[np.float32]:
    """How far each skill stands in for the one that is needed: float32 (n_skills,), 1 for itself.

    The group that a skill lies in, and a skill of the group that is needed, count
    as siblings: who says "kassa" in general has some of each skill with it.
    """
    parent = taxonomy.skill_parent
    group = int(parent[skill])
    row = np.zeros(len(taxonomy.skill_codes), dtype=np.float32)
    if group >= 0:
        above = int(parent[group])
        if above >= 0:
            cousins = (parent >= 0) & (parent[parent] == above)
            row[cousins] = COUSIN
        siblings = parent == group
        row[siblings] = max(SIBLING * min(1.0, (COMPACT_GROUP / int(siblings.sum())) ** 0.5), COUSIN)
        row[group] = SIBLING
    if taxonomy.skill_is_group[skill]:
        row[parent == skill] = SIBLING
    linked, strength = taxonomy.skill_related.row(skill)
    row[linked] = np.maximum(row[linked], RELATED * strength)
    row[skill] = 1.0
    return row


class OccupationNearness:
    """Nearness of occupations in 0..1, symmetric, 1 for itself; rows are computed when asked for and kept.

    Cosine of skill vectors weighted by how telling a skill is and spread over related skills, siblings and cousins,
    mixed with the ISCO-08 digits shared; what two neighbours lack is halved. Where skills or ISCO are unknown for one
    of the two, the other evidence counts alone.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        n_skills = len(taxonomy.skill_codes)
        asked = _matrix(taxonomy.occupation_skills, n_skills).multiply(telling(taxonomy)[None, :]).tocsr()
        links = _matrix(taxonomy.skill_related, n_skills)
        parents = _step_up(taxonomy.skill_parent)
        spread = sparse.identity(n_skills, dtype=np.float32, format="csr") + links * RELATED
        grouped = asked @ parents
        blocks = [asked @ spread, _by_rarity(grouped) * SIBLING**0.5, _by_rarity(grouped @ parents) * COUSIN**0.5]
        self.skills = unit_rows(sparse.hstack(blocks, format="csr")).astype(np.float32)
        """CSR (n_occupations, 3 * n_skills) float32: skills and their groups, unit rows, zeros where none are known."""
        self._by_skill = self.skills.T.tocsr()
        self._has_skills = np.diff(taxonomy.occupation_skills.indptr) > 0
        self._isco = np.array([list(code.ljust(4)[:4]) for code in taxonomy.isco], dtype="U1").reshape(-1, 4)
        self._has_isco = np.array([bool(code.strip()) for code in taxonomy.isco], dtype=bool)
        self._neighbours = taxonomy.occupation_neighbours
        self.row = lru_cache(maxsize=4096)(self._row)

    def _row(self, occupation: int) -> NDArray[np.float32]:
        """Nearness of one occupation to all: float32 (n_occupations,), read only."""
        by_skills = np.asarray((self.skills[occupation] @ self._by_skill).todense(), dtype=np.float32).ravel()
        shared = np.cumprod((self._isco == self._isco[occupation]) & (self._isco != " "), axis=1).sum(axis=1)
        by_isco = _ISCO_SHARED[shared]
        skills_count = _SKILLS_SHARE * (self._has_skills & self._has_skills[occupation])
        isco_counts = _ISCO_SHARE * (self._has_isco & self._has_isco[occupation])
        weight = skills_count + isco_counts
        row = (skills_count * by_skills + isco_counts * by_isco) / np.where(weight > 0, weight, 1.0)
        linked, strength = self._neighbours.row(occupation)
        row[linked] += (1.0 - row[linked]) * _NEIGHBOUR_STEP * strength
        row[occupation] = 1.0
        row = np.clip(row, 0.0, 1.0).astype(np.float32)
        row.flags.writeable = False
        return row


def _matrix(links: Links, n_columns: int) -> Any:
    shape = (len(links.indptr) - 1, n_columns)
    return sparse.csr_matrix((links.weight.astype(np.float32), links.indices, links.indptr), shape=shape)


def _step_up(parent: NDArray[np.int32]) -> Any:
    """Matrix (n_skills, n_skills) that carries each skill to its group; those without a group to nothing."""
    child = np.flatnonzero(parent >= 0)
    ones = np.ones(len(child), dtype=np.float32)
    return sparse.csr_matrix((ones, (child, parent[child])), shape=(len(parent), len(parent)))


def _by_rarity(grouped: Any) -> Any:
    """Weigh the columns (groups of skills) by how few occupations have them."""
    asked = np.bincount(grouped.indices, minlength=grouped.shape[1])
    return grouped.multiply(_rarity(asked, grouped.shape[0])[None, :]).tocsr()
