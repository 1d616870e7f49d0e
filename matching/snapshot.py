"""A pool on disk, to start from: a folder with a file for each column, mapped into memory; `matching.keeper` calls it.

A snapshot is written beside and then named, so that there is a whole one or none. What depends on the day alone is
made again when it is opened, so that a snapshot serves on any day. What few may know (restricted groups, screenings)
stands in it sealed under the installation's secret.
"""

import hashlib
import io
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

import matching
import scoring
from matching.changes import Stand
from matching.errors import VonkError
from matching.fitting import fit_from_json, fit_to_json
from matching.pool import OffersLower, Pool, Positions, Segment, days, keys_of, places_of_regions
from matching.pool_columns import Memberships
from matching.sealing import seal_here, unseal_here
from matching.settings import Settings
from matching.vacancy_pool import VacancyColumns, VacancyPool, vacancy_pool_of
from matching.vocabulary import Vocabulary
from scoring.columns import Candidates, Lists
from scoring.resolve import TitleTable
from scoring.taxonomy import PlaceTable
from scoring.texts import Texts

try:
    import fcntl
except ImportError:  # where there are no such locks, two writers at once leave one snapshot too many or none
    fcntl = None  # type: ignore[assignment]

FORMAT = 2
FOLDER = "pool"  # in the data folder
_MANIFEST = "manifest.json"
_KEYS = "sorted_keys"
_HALF = ".half"
_RESTRICTED = ("memberships.", "people.screenings")  # how the names begin of what is sealed
_PURPOSE = "snapshot"
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Ground:
    """What the numbers in a snapshot mean: with other words, places or rules it says something else."""

    format: int
    code: str
    taxonomy: str
    places: str
    offers_lower: str


@dataclass(frozen=True)
class Opened:
    """A snapshot in memory: a pool as it stood, with the vacancies and the fit that it was made with."""

    pool: Pool
    vacancies: VacancyPool
    stand: Stand
    fit_number: int


class Unusable(Exception):
    """A snapshot that cannot be started from; the text says why."""


def ground_of(taxonomy_version: str, places: PlaceTable, offers_lower: OffersLower) -> Ground:
    """What a snapshot made with these stands on."""
    where = hashlib.blake2b(digest_size=8)
    for column in (places.pc4, places.region):
        where.update(np.ascontiguousarray(column).tobytes())
    where.update(" ".join(places.region_codes).encode())
    lowered = sorted((need.value, capacity.value, n) for need, rows in offers_lower.items() for capacity, n in rows)
    rules = hashlib.blake2b(json.dumps(lowered).encode(), digest_size=8)
    return Ground(FORMAT, _code(), taxonomy_version, where.hexdigest(), rules.hexdigest())


@cache
def _code() -> str:
    """A name for the code that makes the columns: other code may read the same words in another way."""
    digest = hashlib.blake2b(digest_size=8)
    for package in (matching, scoring):
        for path in sorted(Path(package.__file__ or "").parent.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def folder_of(settings: Settings) -> Path:
    """Where the snapshots of an installation are."""
    return settings.data_dir / FOLDER


def save_snapshot(settings: Settings, pool: Pool, vacancies: VacancyPool, stand: Stand, fit_number: int) -> Path:
    """Write a pool of one segment with nobody changed since; the older snapshots of this installation go.

    Raises OSError when the disk does not take it, and leaves nothing half then.
    """
    segment = pool.only
    files = {
        **_parts("people", segment.people, but=("groups",)),
        **_parts("memberships", segment.memberships),
        "levels": segment.levels,
        _KEYS: segment.position.sorted_keys,
        "row_of_key": segment.position.row_of_key,
        **{f"titles.{name}": array for name, array in segment.titles.arrays().items()},
        **_parts("vacancies", vacancies.base),
    }
    ground = ground_of(pool.vocabulary.taxonomy.version, pool.places, pool.offers_lower)
    numbers = {
        "fit_number": fit_number,
        "fit": fit_to_json(pool.fit),
        "n_candidates": len(segment),
        "n_vacancies": len(vacancies.base),
    }
    with _alone(folder_of(settings)):
        return _save(settings, files, asdict(ground) | asdict(stand) | numbers)


def _save(settings: Settings, files: Mapping[str, NDArray[Any]], said: Mapping[str, Any]) -> Path:
    folder = folder_of(settings)
    _sweep(folder, keep=())
    half = folder / f"{secrets.token_hex(8)}{_HALF}"
    half.mkdir(mode=0o700)  # facts about people stand in it: for this account alone
    try:
        sizes = {
            name: _seal(settings, half, name, array)
            if name.startswith(_RESTRICTED)
            else _write(half / f"{name}.npy", array)
            for name, array in files.items()
        }
        _write_text(half / _MANIFEST, json.dumps({**said, "sizes": sizes}, indent=1))
        whole = folder / f"{said['version']:012d}-{said['stamp']}-{secrets.token_hex(3)}"
        half.rename(whole)
        _sync(folder)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    _sweep(folder, keep=(whole.name,))
    return whole


def open_newest(
    settings: Settings, vocabulary: Vocabulary, places: PlaceTable, offers_lower: OffersLower, today: date
) -> Opened | None:
    """The newest snapshot that suits, None where there is none; the log says why others do not."""
    for one in reversed(_whole_ones(folder_of(settings))):
        try:
            return open_snapshot(settings, one, vocabulary, places, offers_lower, today)
        except Unusable as reason:
            _log.info("snapshot %s is not used: %s", one.name, reason)
    return None


def open_snapshot(
    settings: Settings, path: Path, vocabulary: Vocabulary, places: PlaceTable, offers_lower: OffersLower, today: date
) -> Opened:
    """Map a snapshot into memory. Raises Unusable with the reason."""
    try:
        manifest: dict[str, Any] = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
        ground = ground_of(vocabulary.taxonomy.version, places, offers_lower)
        for name, value in asdict(ground).items():
            if manifest.get(name) != value:
                raise Unusable(f"another {name}")
        files = {
            name: _unseal(settings, path, name, size)
            if name.startswith(_RESTRICTED)
            else _open(path / f"{name}.npy", size)
            for name, size in manifest["sizes"].items()
        }
        return _opened(files, manifest, vocabulary, places, offers_lower, today)
    except VonkError as error:
        raise Unusable("sealed under another secret, or damaged") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"damaged ({type(error).__name__})") from error


def _opened(
    files: Mapping[str, NDArray[Any]],
    manifest: Mapping[str, Any],
    vocabulary: Vocabulary,
    places: PlaceTable,
    offers_lower: OffersLower,
    today: date,
) -> Opened:
    memberships = _whole(Memberships, files, "memberships")
    people = _whole(Candidates, files, "people", groups=memberships.on(days(today)))
    titles = {name.removeprefix("titles."): array for name, array in files.items() if name.startswith("titles.")}
    segment = Segment(
        people,
        memberships,
        files["levels"],
        TitleTable.of_arrays(vocabulary.titles, people.titles, titles),
        Positions(people.ids, files[_KEYS], files["row_of_key"]),
        np.ones(len(people), bool),
    )
    pool = Pool(
        (segment,),
        fit_from_json(manifest["fit"]),
        places,
        vocabulary,
        places_of_regions(places),
        offers_lower,
        manifest["version"],
    )
    vacancies = vacancy_pool_of(_whole(VacancyColumns, files, "vacancies"))
    if (len(people), len(vacancies)) != (manifest["n_candidates"], manifest["n_vacancies"]):
        raise ValueError("counts")
    return Opened(pool, vacancies, Stand(manifest["version"], manifest["stamp"]), manifest["fit_number"])


def stands_in(folder: Path) -> list[Stand]:
    """Where the snapshots of a folder stand, the oldest first."""
    parts = [path.name.split("-") for path in _whole_ones(folder)]
    return [Stand(int(version), stamp) for version, stamp, _ in parts]


def drop_snapshots_holding(folder: Path, ids: Sequence[str]) -> int:
    """Take away the snapshots in which any of these people is, and what a killed writer left; how many went.

    It waits for whoever is writing one. Who has one mapped keeps it until it lets go.
    """
    if not ids or not folder.exists():
        return 0
    wanted, gone = keys_of(ids), 0
    with _alone(folder):
        _sweep(folder, keep=())
        for path in _whole_ones(folder):
            try:
                held = np.load(path / f"{_KEYS}.npy", mmap_mode="r", allow_pickle=False)
                places = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
                holds = bool(len(held)) and bool(np.any(held[places] == wanted))
            except (OSError, ValueError):
                holds = True  # damaged: it serves nobody, and who is in it cannot be told
            if holds:
                shutil.rmtree(path, ignore_errors=True)
                gone += 1
        _sync(folder)
    return gone


def _whole_ones(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*-*-*") if path.is_dir())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other writers of this folder waiting; the system lets go of the lock of a process that is killed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sweep(folder: Path, keep: Iterable[str]) -> None:
    """Take away what a killed writer left and, once a newer one is there, older snapshots.

    Who has them mapped keeps them until it lets go.
    """
    kept = set(keep)
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept and (kept or path.suffix == _HALF):
            shutil.rmtree(path, ignore_errors=True)


def _parts(name: str, value: Any, but: Iterable[str] = ()) -> dict[str, NDArray[Any]]:
    """The arrays in a dataclass of columns, by a name with dots."""
    if isinstance(value, np.ndarray):
        return {name: value}
    if isinstance(value, tuple):
        return _parts(f"{name}.words", Texts.of(value))
    parts: dict[str, NDArray[Any]] = {}
    for field in fields(value):
        if field.name not in but:
            parts |= _parts(f"{name}.{field.name}", getattr(value, field.name))
    return parts


def _whole(kind: type[T], files: Mapping[str, NDArray[Any]], name: str, **given: Any) -> T:
    """The reverse of `_parts`."""
    values = dict(given)
    for field in fields(kind):  # type: ignore[arg-type]
        part = f"{name}.{field.name}"
        if field.name in given:
            continue
        if part in files:
            values[field.name] = files[part]
        elif f"{part}.numbers" in files:
            values[field.name] = Lists(*(files[f"{part}.{one}"] for one in ("starts", "items", "numbers")))
        elif f"{part}.words.blob" in files:
            values[field.name] = tuple(Texts(files[f"{part}.words.blob"], files[f"{part}.words.starts"]))
        else:
            values[field.name] = Texts(files[f"{part}.blob"], files[f"{part}.starts"])
    return kind(**values)


def _write(path: Path, array: NDArray[Any]) -> int:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _seal(settings: Settings, folder: Path, name: str, array: NDArray[Any]) -> int:
    plain = io.BytesIO()
    np.save(plain, array, allow_pickle=False)
    with (folder / f"{name}.sealed").open("wb") as file:
        file.write(seal_here(settings, _PURPOSE, plain.getvalue(), name))
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the name of what was renamed outlive a power cut, where folders can be synced."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unseal(settings: Settings, folder: Path, name: str, size: int) -> NDArray[Any]:
    """What was sealed, in the memory of this process alone."""
    sealed = (folder / f"{name}.sealed").read_bytes()
    if len(sealed) != size:
        raise ValueError("size")
    array: NDArray[Any] = np.load(io.BytesIO(unseal_here(settings, _PURPOSE, sealed, name)), allow_pickle=False)
    array.flags.writeable = False
    return array


def _open(path: Path, size: int) -> NDArray[Any]:
    if path.stat().st_size != size:
        raise ValueError("size")
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:  # nothing to map in an array without elements
        mapped = np.load(path, allow_pickle=False)
    return np.asarray(mapped)
