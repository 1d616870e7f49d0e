"""Reads an official ESCO package (CSV) and puts it beside the embedded set; called by the command line.

The layout is that of the package that the European Commission publishes: `occupations_nl.csv`, `skills_nl.csv` and
so on, plain or gzipped, in one language. Files of neighbouring versions may be combined: what refers to a concept
that is not in the package is left out and counted.
"""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from matching.errors import FieldProblem, Invalid
from matching.reference.content import ESCO, Occupation, ReferenceSet, Skill
from matching.reference.loading import ImportReport, load_set

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "occupations": ("conceptUri", "iscoGroup", "preferredLabel", "altLabels"),
    "skills": ("conceptUri", "preferredLabel", "altLabels"),
    "skillGroups": ("conceptUri", "preferredLabel"),
    "ISCOGroups": ("conceptUri", "code"),
    "occupationSkillRelations": ("occupationUri", "relationType", "skillUri"),
    "broaderRelationsOccPillar": ("conceptType", "conceptUri", "broaderType", "broaderUri"),
    "broaderRelationsSkillPillar": ("conceptType", "conceptUri", "broaderType", "broaderUri"),
}
SOURCE = "ESCO, European Commission, https://esco.ec.europa.eu"
LICENCE = "free reuse with attribution to the European Commission (Decision 2011/833/EU)"

Row = Mapping[str, str]


@dataclass(frozen=True)
class EscoPackage:
    """What was read, and how many references to concepts outside the package were left out."""

    content: ReferenceSet
    unknown_references: int


def import_esco(session: Session, folder: Path, *, now: datetime) -> ImportReport:
    """Load an ESCO package in place of an earlier one; the same package again changes nothing.

    Raises Invalid as `read_esco` does; the earlier package then stays as it was.
    """
    package = read_esco(folder)
    content = package.content
    changed = load_set(session, content, now=now)
    return ImportReport(
        changed,
        {
            "occupations": len(content.occupations),
            "occupation_labels": sum(1 + len(entry.synonyms) + len(entry.hidden) for entry in content.occupations),
            "skills": sum(not skill.is_group for skill in content.skills),
            "skills_with_label": sum(not skill.is_group and bool(skill.label) for skill in content.skills),
            "skill_groups": sum(skill.is_group for skill in content.skills),
            "occupation_skills": sum(
                len(entry.essential_skills) + len(entry.optional_skills) for entry in content.occupations
            ),
            "unknown_references": package.unknown_references,
        },
    )


def read_esco(folder: Path) -> EscoPackage:
    """Read a package, whole.

    Raises Invalid: `esco.files` (a file is missing, or the language differs from file to file), `esco.layout` (a
    column is missing; the problems name file and column), `esco.unreadable` (not a CSV file, an unknown relation, a
    skill that is broader than itself).
    """
    files = _files(folder)
    _check_layout(files)
    skills, unknown_broader = _skills(files)
    occupations, unknown_relations = _occupations(files, {skill.code for skill in skills})
    if not occupations or not skills:
        raise Invalid("esco.unreadable", str(folder.name), reason="empty")
    content = ReferenceSet(ESCO, SOURCE, LICENCE, tuple(skills), tuple(occupations))
    return EscoPackage(content, unknown_broader + unknown_relations)


def _files(folder: Path) -> dict[str, Path]:
    """The file of each kind; Dutch where the folder holds several languages."""
    pattern = re.compile(r"(?P<kind>[A-Za-z]+)_(?P<language>[a-z]{2})\.csv(\.gz)?")
    by_language: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):
        match = pattern.fullmatch(path.name)
        if match and match["kind"] in COLUMNS:
            by_language[match["language"]].setdefault(match["kind"], path)
    if not by_language:
        raise Invalid("esco.files", folder.name, reason="no_esco_files")
    language = "nl" if "nl" in by_language else max(by_language, key=lambda code: len(by_language[code]))
    files = by_language[language]
    missing = tuple(FieldProblem(f"{kind}_{language}.csv", "missing_file") for kind in COLUMNS if kind not in files)
    if missing:
        raise Invalid("esco.files", missing[0].field, reason="missing_file", problems=missing)
    return files


def _check_layout(files: Mapping[str, Path]) -> None:
    problems: list[FieldProblem] = []
    for kind, path in files.items():
        header = next(_records(path), [])
        problems += [
            FieldProblem(path.name, f"missing_column {column}", {"column": column})
            for column in COLUMNS[kind]
            if column not in header
        ]
    if problems:
        raise Invalid(
            "esco.layout",
            problems[0].field,
            reason="missing_column",
            problems=tuple(problems),
            column=problems[0].values["column"],
        )


def _records(path: Path) -> Iterator[list[str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield from csv.reader(file)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise Invalid("esco.unreadable", path.name, reason="not_csv") from error


def _rows(path: Path) -> Iterator[Row]:
    """Rows as mappings; of concepts only the released ones. A row that is cut off is an error."""
    records = _records(path)
    header = next(records)
    for number, record in enumerate(records, start=2):
        if not record:
            continue
        if len(record) != len(header):
            raise Invalid("esco.unreadable", path.name, reason="wrong_number_of_cells", record=number)
        row = dict(zip(header, record, strict=True))
        if row.get("status", "released") in ("released", ""):
            yield row


def _lines(cell: str | None) -> tuple[str, ...]:
    """The labels of a cell, one a line, each once."""
    return tuple(dict.fromkeys(line.strip() for line in (cell or "").splitlines() if line.strip()))


def _skills(files: Mapping[str, Path]) -> tuple[list[Skill], int]:
    """Groups and skills, parents first. The parent is a group where there is one; other broader skills are related."""
    groups = {row["conceptUri"]: row for row in _rows(files["skillGroups"])}
    concepts = {**groups, **{row["conceptUri"]: row for row in _rows(files["skills"])}}
    unknown = 0
    broader: dict[str, list[str]] = defaultdict(list)
    for row in _rows(files["broaderRelationsSkillPillar"]):
        if row["conceptUri"] in concepts and row["broaderUri"] in concepts:
            broader[row["conceptUri"]].append(row["broaderUri"])
        else:
            unknown += 1

    def skill(uri: str) -> Skill:
        row = concepts[uri]
        above = sorted(broader[uri], key=lambda other: (other not in groups, other))
        return Skill(
            code=uri,
            label=row["preferredLabel"].strip() or None,
            english=row.get("preferredLabelEn", "").strip() or None,
            parent=above[0] if above else None,
            is_group=uri in groups,
            esco_uri=uri,
            synonyms=_lines(row.get("altLabels")),
            hidden=_lines(row.get("hiddenLabels")),
            related=tuple(other for other in above[1:] if other not in groups),
        )

    return _parents_first({uri: skill(uri) for uri in concepts}, files["broaderRelationsSkillPillar"].name), unknown


def _parents_first(skills: Mapping[str, Skill], file: str) -> list[Skill]:
    depth: dict[str, int] = {}
    for uri in skills:
        way = []
        at: str | None = uri
        while at is not None and at not in depth:
            if at in way:
                raise Invalid("esco.unreadable", file, reason="broader_than_itself", uri=at)
            way.append(at)
            at = skills[at].parent
        above = -1 if at is None else depth[at]
        for steps, below in enumerate(reversed(way), start=1):
            depth[below] = above + steps
    return sorted(skills.values(), key=lambda skill: depth[skill.code])


def _occupations(files: Mapping[str, Path], skills: set[str]) -> tuple[list[Occupation], int]:
    rows = {row["conceptUri"]: row for row in _rows(files["occupations"])}
    groups = {row["code"].removeprefix("C") for row in _rows(files["ISCOGroups"])}
    unknown = 0
    needs: dict[str, dict[str, list[str]]] = {kind: defaultdict(list) for kind in ("essential", "optional")}
    for row in _rows(files["occupationSkillRelations"]):
        if row["relationType"] not in needs:
            raise Invalid("esco.unreadable", files["occupationSkillRelations"].name, reason="unknown_relation_type")
        if row["occupationUri"] in rows and row["skillUri"] in skills:
            needs[row["relationType"]][row["occupationUri"]].append(row["skillUri"])
        else:
            unknown += 1
    broader: dict[str, list[str]] = defaultdict(list)
    for row in _rows(files["broaderRelationsOccPillar"]):
        if row["conceptType"] != "Occupation" or row["broaderType"] != "Occupation":
            continue  # the groups above an occupation are in its ISCO code
        if row["conceptUri"] in rows and row["broaderUri"] in rows and row["conceptUri"] != row["broaderUri"]:
            broader[row["conceptUri"]].append(row["broaderUri"])
        else:
            unknown += 1

    occupations = []
    for uri, row in rows.items():
        isco = row["iscoGroup"].strip().removeprefix("C")
        unknown += isco not in groups
        essential = tuple(dict.fromkeys(needs["essential"][uri]))
        occupations.append(
            Occupation(
                code=uri,
                title=row["preferredLabel"].strip(),
                english=row.get("preferredLabelEn", "").strip() or None,
                isco=isco if isco in groups else None,
                esco_uri=uri,
                synonyms=_lines(row["altLabels"]),
                hidden=_lines(row.get("hiddenLabels")),
                essential_skills=essential,
                optional_skills=tuple(
                    skill for skill in dict.fromkeys(needs["optional"][uri]) if skill not in essential
                ),
                broader=tuple(dict.fromkeys(broader[uri])),
            )
        )
    return occupations, unknown
