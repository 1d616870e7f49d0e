"""A pool on disk is the pool that was saved, on any day; one that is damaged or means something else is not used."""

import json
import multiprocessing
import os
import signal
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from matching import pool_building, snapshot
from matching.database import engine_for, of_installation, session_scope
from matching.keeper import open_keeper
from matching.pool import Pool, read_segment
from matching.pool_building import Held, build
from matching.profiles import CandidateProfile
from matching.settings import Settings, secret_of
from matching.snapshot import Opened, Unusable, folder_of, open_newest, open_snapshot, save_snapshot
from matching.store import save_candidates
from matching.vacancy_pool import VacancyColumns, read_vacancies
from scoring.columns import Ints
from scoring.terms import RESTRICTED_GROUPS, TargetGroup, mask_of
from scoring.texts import Texts
from tests.matching.pool_world import NOW, TODAY, load_world, same_columns, settings_on, told

_MASK = mask_of(RESTRICTED_GROUPS, TargetGroup)
TITLES = ("magazijnmedewerker", "medewerker groenvoorziening", "kassamedewerker supermarkt", "onbekend werkje")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of the installation whose database `sqlite_engine` is."""
    return settings_on(tmp_path)


@pytest.fixture
def held(sqlite_engine: Engine, tmp_path: Path) -> Held:
    load_world(sqlite_engine)
    return build(sqlite_engine, settings_on(tmp_path / "data"))


def save(settings: Settings, held: Held) -> Path:
    return save_snapshot(settings, held.pool, held.vacancies, held.stand, held.fit_number)


def opened(settings: Settings, path: Path, pool: Pool) -> Opened:
    return open_snapshot(settings, path, pool.vocabulary, pool.places, pool.offers_lower, TODAY)


def test_what_is_opened_is_what_was_saved(held: Held, settings: Settings) -> None:
    found = opened(settings, save(settings, held), held.pool)
    assert same_columns(found.pool.only, held.pool.only)
    assert (found.stand, found.fit_number) == (held.stand, held.fit_number)
    assert told(replace(held, pool=found.pool, vacancies=found.vacancies)) == told(held)
    for title in TITLES:
        before, after = held.pool.titles.nearness(title), found.pool.titles.nearness(title)
        assert np.array_equal(before, after)
    assert [found.pool.position[one] for one in held.pool.people.ids] == list(range(len(held.pool)))


def test_the_columns_cannot_be_written_to(held: Held, settings: Settings) -> None:
    found = opened(settings, save(settings, held), held.pool)
    with pytest.raises(ValueError, match="read-only"):
        found.pool.people.capacities[0, 0] = 4


def test_a_membership_holds_from_its_first_to_its_last_day_whatever_the_day_of_the_snapshot(
    sqlite_engine: Engine, settings: Settings
) -> None:
    load_world(sqlite_engine)
    member = {"group": "banenafspraak", "validFrom": TODAY, "validUntil": TODAY + timedelta(days=1)}
    with session_scope(sqlite_engine) as session:
        profile = CandidateProfile.model_validate({"postcode": "3511", "targetGroups": [member]})
        (woman,) = save_candidates(session, [profile], now=NOW).ids
    held = build(sqlite_engine, settings)
    path = save(settings, held)
    for later, groups in ((-1, 0), (0, 1), (1, 1), (2, 0)):
        day = TODAY + timedelta(days=later)
        pool = open_snapshot(settings, path, held.pool.vocabulary, held.pool.places, held.pool.offers_lower, day).pool
        assert (pool.people.groups[pool.position[woman]] > 0) == bool(groups)
        with session_scope(sqlite_engine, read_only=True) as session:
            fresh = read_segment(session, pool.vocabulary, pool.places, day, pool.fit)
        assert same_columns(pool.only, fresh)


def test_what_few_may_know_is_sealed_in_a_snapshot_and_opens_under_this_installation_s_secret_alone(
    held: Held, settings: Settings
) -> None:
    path = save(settings, held)
    segment = held.pool.only
    few = {name: getattr(segment.memberships, name) for name in ("known", "row", "group", "since", "until")}
    assert (segment.memberships.group & _MASK).any(), "somebody is in a restricted group"
    contents = [file.read_bytes() for file in path.iterdir()]
    for column in (segment.people.screenings, *few.values()):
        assert not any(np.ascontiguousarray(column).tobytes() in content for content in contents)
    assert same_columns(opened(settings, path, held.pool).pool.only, segment)
    other = SecretStr("Zz8kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e")
    with pytest.raises(Unusable, match="another secret"):
        opened(settings.model_copy(update={"secret_key": other}), path, held.pool)
    was = SecretStr(secret_of(settings).decode())
    rotating = settings.model_copy(update={"secret_key": other, "secret_key_old": was})
    assert same_columns(opened(rotating, path, held.pool).pool.only, segment)


def test_a_sealed_part_that_was_changed_or_put_in_the_place_of_another_is_not_used(
    held: Held, settings: Settings
) -> None:
    path = save(settings, held)
    since, until = (path / f"memberships.{name}.sealed" for name in ("since", "until"))
    kept = since.read_bytes()
    for harmed in (kept[:-1] + bytes([kept[-1] ^ 1]), until.read_bytes()):
        since.write_bytes(harmed)
        with pytest.raises(Unusable, match="damaged"):
            opened(settings, path, held.pool)
    since.write_bytes(kept)
    assert same_columns(opened(settings, path, held.pool).pool.only, held.pool.only)


@pytest.mark.parametrize("name", ["format", "code", "taxonomy", "places", "offers_lower"])
def test_a_snapshot_that_means_something_else_is_not_used(held: Held, settings: Settings, name: str) -> None:
    path = save(settings, held)
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps(manifest | {name: "other"}))
    with pytest.raises(Unusable, match=name):
        opened(settings, path, held.pool)


def test_a_snapshot_of_which_a_part_is_gone_or_cut_short_is_not_used(held: Held, settings: Settings) -> None:
    pool = held.pool
    for harm in (lambda file: file.unlink(), lambda file: os.truncate(file, file.stat().st_size - 1)):
        path = save(settings, held)
        harm(path / "people.place.npy")
        with pytest.raises(Unusable, match="damaged"):
            opened(settings, path, pool)
        assert open_newest(settings, pool.vocabulary, pool.places, pool.offers_lower, TODAY) is None


def test_the_older_snapshot_goes_and_who_has_it_open_reads_on(held: Held, settings: Settings) -> None:
    first = save(settings, held)
    before = opened(settings, first, held.pool)
    second = save(settings, held)
    assert [path for path in folder_of(settings).iterdir() if path.is_dir()] == [second]
    assert same_columns(before.pool.only, held.pool.only)


def test_who_is_late_does_not_put_an_older_snapshot_in_place_of_a_newer(
    held: Held, sqlite_engine: Engine, tmp_path: Path
) -> None:
    with session_scope(sqlite_engine) as session:
        save_candidates(session, [CandidateProfile.model_validate({"postcode": "3511"})], now=NOW)
    settings = settings_on(tmp_path / "data")
    newer = build(sqlite_engine, settings)
    pool_building._save(sqlite_engine, settings, held)
    assert newer.stand.version > held.stand.version
    assert snapshot.stands_in(folder_of(settings)) == [newer.stand]


def _write_and_stop(url: str, folder: Path, halfway: Connection) -> None:
    """Build a pool and save it, but stand still in the middle of the writing."""
    settings = settings_on(folder)
    engine = of_installation(engine_for(url), settings)
    write, written = snapshot._write, iter(range(1_000))

    def slowly(path: Path, array: Ints) -> int:
        if next(written) == 10:
            halfway.send(str(path))
            signal.pause()
        return write(path, array)

    snapshot._write = slowly
    open_keeper(engine, settings, follow=False)


def test_a_writer_killed_halfway_leaves_no_snapshot_and_hinders_nobody(sqlite_engine: Engine, tmp_path: Path) -> None:
    load_world(sqlite_engine)
    url = sqlite_engine.url.render_as_string(hide_password=False)
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_write_and_stop, args=(url, tmp_path, there))
    process.start()
    assert here.poll(60)
    half = Path(here.recv()).parent
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert half.is_dir()
    assert snapshot.stands_in(tmp_path / "pool") == []
    keeper = open_keeper(sqlite_engine, settings_on(tmp_path), follow=False)
    assert not half.exists()
    assert len(snapshot.stands_in(tmp_path / "pool")) == 1
    again = open_keeper(sqlite_engine, settings_on(tmp_path), follow=False)
    assert same_columns(keeper.held.pool.only, again.held.pool.only)


def test_a_vacancy_comes_out_of_the_columns_as_it_was_made_ready(held: Held, sqlite_engine: Engine) -> None:
    pool = held.pool
    with session_scope(sqlite_engine, read_only=True) as session:
        ready = read_vacancies(session, pool.vocabulary, pool.places, pool.offers_lower)
    columns = VacancyColumns.of(ready)
    again = VacancyColumns.of([columns[row] for row in range(len(columns))])
    for row, vacancy in enumerate(ready):
        kept = columns[row]
        assert (kept.id, kept.key, kept.title, kept.access) == (vacancy.id, vacancy.key, vacancy.title, vacancy.access)
        assert (kept.employer_names, kept.team_name) == (vacancy.employer_names, vacancy.team_name)
        assert kept.adaptations == vacancy.adaptations
        assert [task.text for task in kept.tasks] == [task.text for task in vacancy.tasks]
        assert dict(kept.desired_skills) == pytest.approx(dict(vacancy.desired_skills))
        for one, other in zip(kept.tasks, vacancy.tasks, strict=True):
            assert dict(one.skills) == pytest.approx(dict(other.skills))
            assert np.array_equal(one.demands, other.demands)
        assert repr(again[row]) == repr(kept)


def test_ids_and_places_of_all_vacancies_are_those_of_each(held: Held) -> None:
    pool = held.vacancies
    gone, moved = pool[0], replace(pool[2], place=-1)
    changed = pool.changed([gone.id], [moved])
    assert len(changed) == len(pool) - 1
    for some in (pool, changed):
        assert some.ids == [one.id for one in some]
        assert some.place.tolist() == [one.place for one in some]


def test_texts_are_a_sequence_like_any_other() -> None:
    words = ("", "één", "ijs", "🚲")
    texts = Texts.of(words)
    assert texts == words
    assert (len(texts), texts[1], texts[-1], texts[1:3], "ijs" in texts) == (4, "één", "🚲", ("één", "ijs"), True)
    assert texts.take(np.array([3, 0, 3])) == ("🚲", "", "🚲")
    assert texts != ("", "één", "ijs")
    with pytest.raises(IndexError):
        texts[4]
