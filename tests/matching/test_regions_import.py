from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from matching.database import session_scope
from matching.errors import Invalid
from matching.exchange.regions import import_regions
from matching.reference import load_embedded
from tests.matching.reference_sets import NOW, small_set
from tests.shared_data import SHARED_DATA, needs_shared_data

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(content: str) -> Path:
        path = tmp_path / "lijst.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return file


def load(session: Session) -> None:
    load_embedded(session, small_set(), now=NOW)


def values(session: Session, query: str, **parameters: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in session.connection().execute(text(query), parameters)]


def test_regions_get_their_names_and_keep_the_point_that_we_have(engine: Engine, write: Write) -> None:
    with session_scope(engine) as session:
        load(session)
        [(code, point)] = values(session, "SELECT code, latitude FROM regions ORDER BY code LIMIT 1")
        report = import_regions(session, write(f"code;naam\n{code};Nieuwe naam\nAM34;Erbij\n"))
        assert (report.counts["created"], report.counts["updated"]) == (1, 1)
        assert values(session, "SELECT name, latitude FROM regions WHERE code = :code", code=code) == [
            ("Nieuwe naam", point)
        ]


def test_the_same_file_again_changes_nothing(engine: Engine, write: Write) -> None:
    with session_scope(engine) as session:
        load(session)
        file = write("code,name,latitude,longitude\nAM34,Erbij,52.1,5.1\n")
        assert import_regions(session, file).changed
        assert not import_regions(session, file).changed


def test_a_municipality_takes_its_postcodes_to_its_region(engine: Engine, write: Write) -> None:
    with session_scope(engine) as session:
        load(session)
        import_regions(session, write("code,name\nAM34,Erbij\n"))
        [(code, name)] = values(
            session, "SELECT code, name FROM municipalities WHERE code IN (SELECT municipality_code FROM postcodes)"
        )[:1]
        report = import_regions(session, write(f"gemeente_code,gemeente,amr_code,amr\n{code},{name},AM34,Erbij\n"))
        assert report.counts["updated"] == 1
        assert values(session, "SELECT DISTINCT region FROM postcodes WHERE municipality_code = :code", code=code) == [
            ("AM34",)
        ]


@pytest.mark.parametrize(
    ("content", "code", "values"),
    [
        ("", "regions.unreadable", {}),
        ("name\nUtrecht\n", "regions.layout", {"column": "code"}),
        ("code\nAM34\n", "regions.layout", {"column": "name"}),
        ("code,name\nUtrecht,AM34\n", "regions.unreadable", {"row": 2}),
        ("code,name\nAM34,\n", "regions.unreadable", {"row": 2}),
        ("code,name,latitude,longitude\nAM34,Erbij,north,5\n", "regions.unreadable", {"row": 2}),
        ("code,name,latitude,longitude\nAM34,Erbij,2.1,5\n", "regions.unreadable", {"row": 2}),
        ("code,name,region\nGM0001,Plaats,AM77\n", "regions.unreadable", {"row": 2}),
        ("code,name,region\n1,Plaats,AM34\n", "regions.unreadable", {"row": 2}),
    ],
)
def test_what_is_no_list_of_regions_is_refused_with_row_and_reason(
    sqlite_engine: Engine, write: Write, content: str, code: str, values: dict[str, object]
) -> None:
    with session_scope(sqlite_engine) as session:
        load(session)
        with pytest.raises(Invalid) as error:
            import_regions(session, write(content))
    assert error.value.code == code
    assert values.items() <= error.value.values.items()


@needs_shared_data("geo/gemeente_arbeidsmarktregio_2021.csv")
def test_the_list_of_statistics_netherlands_is_read(sqlite_engine: Engine, write: Write) -> None:
    folder = SHARED_DATA / "geo"
    with session_scope(sqlite_engine) as session:
        load(session)
        assert import_regions(session, folder / "arbeidsmarktregios.csv").changed
        report = import_regions(session, folder / "gemeente_arbeidsmarktregio_2021.csv")
        assert sum(report.counts.values()) == 352
