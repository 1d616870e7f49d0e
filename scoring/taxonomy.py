"""The reference data as arrays: occupations and skills (Taxonomy), postcodes and regions (PlaceTable).

Everybody may import this. `matching.reference` fills both from the database; tests build small ones by hand.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class LabelKind(IntEnum):
    """What a label is to its occupation or skill; the codes of `label_kind` and `skill_label_kind`."""

    PREFERRED = 0
    SYNONYM = 1
    HIDDEN = 2  # may be searched for, is never shown; also an official label of an occupation of our own


@dataclass(frozen=True)
class Links:
    """Weighted links from rows to numbers, in compressed sparse rows (the arrays of a scipy `csr_array`).

    indptr: int32 (n_rows + 1,); indices: int32 (n_links,), ascending within a row, without duplicates;
    weight: float32 (n_links,), in 0..1.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    weight: NDArray[np.float32]

    def row(self, number: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The indices and weights of one row, both (n_links of the row,)."""
        part = slice(self.indptr[number], self.indptr[number + 1])
        return self.indices[part], self.weight[part]


@dataclass(frozen=True)
class Taxonomy:
    """Occupations, their labels, tasks and skills, and the skills' tree; numbers are positions in the tuples.

    Embedded occupations and skills come first, then those of an imported official set. Arrays are not to be
    written to.
    """

    version: str  # changes when the content changes; a key for caches

    occupation_codes: tuple[str, ...]
    occupation_titles: tuple[str, ...]
    isco: tuple[str, ...]  # ISCO-08 code of 1 to 4 digits, "" where unknown
    sector: NDArray[np.int8]  # (n_occupations,) position in scoring.terms.Sector, -1 unknown
    label_texts: tuple[str, ...]
    label_occupation: NDArray[np.int32]  # (n_labels,) ascending
    label_kind: NDArray[np.uint8]  # (n_labels,) LabelKind
    occupation_skills: Links  # weight: share of the hours whose tasks use it, or 1.0 essential, 0.5 optional
    occupation_neighbours: Links  # symmetric; weight 1.0

    task_texts: tuple[str, ...]
    task_occupation: NDArray[np.int32]  # (n_tasks,) ascending
    task_skills: Links  # rows are tasks; weight 1.0

    skill_codes: tuple[str, ...]
    skill_titles: tuple[str, ...]
    skill_label_texts: tuple[str, ...]
    skill_label_skill: NDArray[np.int32]  # (n_skill_labels,) ascending
    skill_label_kind: NDArray[np.uint8]  # (n_skill_labels,) LabelKind
    skill_parent: NDArray[np.int32]  # (n_skills,) -1 none
    skill_related: Links  # symmetric; weight 1.0
    skill_is_group: NDArray[np.bool_]  # (n_skills,) a heading, not something that a person does


@dataclass(frozen=True)
class PlaceTable:
    """Four-digit postcodes with their point and region, and the regions with theirs (WGS 84, degrees)."""

    pc4: NDArray[np.int32]  # (n_postcodes,) ascending
    latitude: NDArray[np.float64]  # (n_postcodes,)
    longitude: NDArray[np.float64]  # (n_postcodes,)
    region: NDArray[np.int16]  # (n_postcodes,) position in region_codes, -1 unknown
    region_codes: tuple[str, ...]
    region_latitude: NDArray[np.float64]  # (n_regions,) NaN where unknown
    region_longitude: NDArray[np.float64]  # (n_regions,)
