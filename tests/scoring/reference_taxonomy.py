"""Builds a Taxonomy straight from the shipped YAML, so that text matching is tested on the content people get."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import fixtures
from scoring.taxonomy import LabelKind, Links, Taxonomy
from scoring.terms import Sector

REFERENCE = Path(fixtures.__file__).parent / "reference"


def links(rows: Iterable[dict[int, float]]) -> Links:
    """Links of rows given as {column: weight}."""
    rows = list(rows)
    indptr = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    indices = np.array([column for row in rows for column in sorted(row)], dtype=np.int32)
    weight = np.array([row[column] for row in rows for column in sorted(row)], dtype=np.float32)
    return Links(indptr, indices, weight)


def load(folder: str) -> list[dict[str, Any]]:
    """All entries of the YAML files of one folder, files in the order of their names."""
    found: list[dict[str, Any]] = []
    for file in sorted((REFERENCE / folder).glob("*.yaml")):
        found.extend(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or [])
    return found


def _flat(groups: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str | None, bool]]:
    flat: list[tuple[dict[str, Any], str | None, bool]] = []
    for top in groups:
        flat.append((top, None, True))
        for group in top["groups"]:
            flat.append((group, top["id"], True))
            flat.extend((skill, group["id"], False) for skill in group["skills"])
    return flat


def build(occupations: list[dict[str, Any]], groups: list[dict[str, Any]]) -> Taxonomy:
    """The Taxonomy of such entries; a link to an entry that is not there is left out."""
    skills = _flat(groups)
    skill_at = {entry["id"]: i for i, (entry, _, _) in enumerate(skills)}
    at = {entry["id"]: i for i, entry in enumerate(occupations)}
    labels = [(text, i, kind) for i, entry in enumerate(occupations) for text, kind in _labels(entry, entry["title"])]
    skill_labels = [
        (text, i, kind) for i, (entry, _, _) in enumerate(skills) for text, kind in _labels(entry, entry["label"])
    ]
    tasks = [(task, i) for i, entry in enumerate(occupations) for task in entry.get("tasks", [])]
    used: list[dict[int, float]] = [{} for _ in occupations]
    for task, i in tasks:
        for skill in _known(task["skills"], skill_at):
            used[i][skill] = min(1.0, used[i].get(skill, 0.0) + task["share"] / 100)
    return Taxonomy(
        version="test",
        occupation_codes=tuple(entry["id"] for entry in occupations),
        occupation_titles=tuple(entry["title"] for entry in occupations),
        isco=tuple(entry.get("isco", "") for entry in occupations),
        sector=np.array(
            [list(Sector).index(Sector(o["sector"])) if "sector" in o else -1 for o in occupations], dtype=np.int8
        ),
        label_texts=tuple(text for text, _, _ in labels),
        label_occupation=np.array([i for _, i, _ in labels], dtype=np.int32),
        label_kind=np.array([kind for _, _, kind in labels], dtype=np.uint8),
        occupation_skills=links(used),
        occupation_neighbours=_both_ways([_known(o.get("neighbours", []), at) for o in occupations]),
        task_texts=tuple(task["text"] for task, _ in tasks),
        task_occupation=np.array([i for _, i in tasks], dtype=np.int32),
        task_skills=links([dict.fromkeys(_known(task["skills"], skill_at), 1.0) for task, _ in tasks]),
        skill_codes=tuple(entry["id"] for entry, _, _ in skills),
        skill_titles=tuple(entry["label"] for entry, _, _ in skills),
        skill_label_texts=tuple(text for text, _, _ in skill_labels),
        skill_label_skill=np.array([i for _, i, _ in skill_labels], dtype=np.int32),
        skill_label_kind=np.array([kind for _, _, kind in skill_labels], dtype=np.uint8),
        skill_parent=np.array([skill_at[p] if p else -1 for _, p, _ in skills], dtype=np.int32),
        skill_related=_both_ways([_known(entry.get("related", []), skill_at) for entry, _, _ in skills]),
        skill_is_group=np.array([is_group for _, _, is_group in skills], dtype=bool),
    )


def _labels(entry: dict[str, Any], preferred: str) -> list[tuple[str, LabelKind]]:
    synonyms = [(synonym, LabelKind.SYNONYM) for synonym in entry.get("synonyms", [])]
    return [(preferred, LabelKind.PREFERRED), *synonyms]


def _known(ids: list[str], at: dict[str, int]) -> list[int]:
    return [at[one] for one in ids if one in at]


def _both_ways(rows: list[list[int]]) -> Links:
    tied: list[dict[int, float]] = [{} for _ in rows]
    for i, row in enumerate(rows):
        for j in row:
            tied[i][j] = tied[j][i] = 1.0
    return links(tied)


@cache
def shipped() -> Taxonomy:
    """The Taxonomy of the whole shipped set."""
    return build(load("occupations"), load("skills"))
