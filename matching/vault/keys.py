"""Keys of persons: made when first needed, destroyed when she is erased, wrapped anew under another secret."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from matching.clock import today
from matching.database import session_scope
from matching.errors import NotFound, Refused, VonkError
from matching.sealing import seal, unseal
from matching.settings import Settings
from matching.vault.opening import Vault, vault_of
from matching.vault.tables import PERSON_KEYS, TOMBSTONES

_KEY_BYTES = 32
_AT_ONCE = 500
_MANY_AT_ONCE = 5_000
_SCANNED = 5_000
_GRACE_DAYS = 2  # a key may stand before the transaction that makes its person is committed


def seal_for(settings: Settings, candidate_id: str, plain: bytes, purpose: str) -> bytes:
    """Seal something under a person's own key; only she (the id) and the same purpose open it again.

    Raises Refused (`vault.erased`) when she was erased, VonkError (`vault.other_secret`) when her key is wrapped under
    a secret that is not known.
    """
    return seal_many(settings, {candidate_id: plain}, purpose)[candidate_id]


def open_for(settings: Settings, candidate_id: str, sealed: bytes, purpose: str) -> bytes:
    """The reverse of `seal_for`.

    Raises NotFound (`vault.no_key`) when she has no key (any more), VonkError: `vault.other_secret` as above,
    `vault.broken` when it was sealed for another, for another purpose, or tampered with.
    """
    vault = vault_of(settings)
    with session_scope(vault.engine, read_only=True) as session:
        key = _found(session, vault, [candidate_id]).get(candidate_id)
    if key is None:
        raise NotFound("vault.no_key", id=candidate_id)
    return _open(key, sealed, candidate_id, _bound(candidate_id, purpose))


def seal_many(settings: Settings, plain: Mapping[str, bytes], purpose: str) -> dict[str, bytes]:
    """What `seal_for` does, for many people in a few transactions; by their ids. Raises as `seal_for` does."""
    vault, day = vault_of(settings), today(settings)
    sealed: dict[str, bytes] = {}
    for ids in _chunks(plain, _MANY_AT_ONCE):
        keys = _keys(vault, ids, day)
        sealed |= {one: seal(keys[one], plain[one], _bound(one, purpose)) for one in ids}
    return sealed


@dataclass(frozen=True)
class Opened:
    """What was sealed for many people, by id, and of whom it cannot be opened by anybody any more."""

    plain: Mapping[str, bytes] = field(repr=False)
    closed: frozenset[str]


def open_many(settings: Settings, sealed: Mapping[str, bytes], purpose: str) -> Opened:
    """The reverse of `seal_many`: who has no key, or of whom it is damaged, is told apart from the others.

    Raises VonkError (`vault.other_secret`), since with that secret it could be opened.
    """
    vault = vault_of(settings)
    plain: dict[str, bytes] = {}
    for ids in _chunks(sealed, _MANY_AT_ONCE):
        with session_scope(vault.engine, read_only=True) as session:
            rows = _rows(session, ids)
        for one, wrapped, secret_name in rows:
            key = unseal(_wrapping(vault, secret_name), wrapped, _bound(one, "key"))
            opened = None if key is None else unseal(key, sealed[one], _bound(one, purpose))
            if opened is not None:
                plain[one] = opened
    return Opened(plain, frozenset(sealed.keys() - plain.keys()))


def destroy(settings: Settings, ids: Iterable[str], on: date) -> int:
    """Destroy the keys of people for good and leave their tombstones, in one transaction; how many keys there were.

    It commits at once, whatever becomes of the caller's transaction: an erasure that was begun is finished.
    """
    vault = vault_of(settings)
    dialect = postgresql if vault.engine.dialect.name == "postgresql" else sqlite
    n_keys = 0
    with session_scope(vault.engine) as session:
        connection = session.connection()
        for chunk in _chunks(ids):
            rows = [{"candidate_id": candidate_id, "erased_on": on} for candidate_id in chunk]
            connection.execute(dialect.insert(TOMBSTONES).on_conflict_do_nothing(), rows)
            gone = connection.execute(delete(PERSON_KEYS).where(PERSON_KEYS.c.candidate_id.in_(chunk)))
            n_keys += gone.rowcount
    return n_keys


def tombstones(settings: Settings) -> dict[str, date]:
    """Everybody who was erased, with the day."""
    with session_scope(vault_of(settings).engine, read_only=True) as session:
        return {row.candidate_id: row.erased_on for row in session.connection().execute(select(TOMBSTONES))}


def n_keys(settings: Settings) -> int:
    """How many people have a key."""
    with session_scope(vault_of(settings).engine, read_only=True) as session:
        return int(session.connection().scalar(select(func.count()).select_from(PERSON_KEYS)) or 0)


def who_has_a_key(settings: Settings, ids: Iterable[str]) -> set[str]:
    """Which of these people have a key."""
    found: set[str] = set()
    with session_scope(vault_of(settings).engine, read_only=True) as session:
        for chunk in _chunks(ids):
            columns = PERSON_KEYS.c
            found.update(
                session.connection().scalars(select(columns.candidate_id).where(columns.candidate_id.in_(chunk)))
            )
    return found


def forget_keys_of_nobody(settings: Settings, exist: Callable[[list[str]], set[str]], *, since: date) -> int:
    """Destroy keys whose person is not there and that are older than GRACE days; `exist` gives those who are.

    Only keys that were made `since` a day: those from before may be of people whom another database has.
    """
    vault, last, gone = vault_of(settings), "", 0
    old = PERSON_KEYS.c.made_on.between(since, today(settings) - timedelta(days=_GRACE_DAYS + 1))
    while True:
        with session_scope(vault.engine, read_only=True) as session:
            columns = PERSON_KEYS.c
            query = select(columns.candidate_id).where(columns.candidate_id > last, old).order_by(columns.candidate_id)
            ids = list(session.connection().scalars(query.limit(_SCANNED)))
        if not ids:
            return gone
        nobody = sorted(set(ids) - exist(ids))
        if nobody:
            with session_scope(vault.engine) as session:
                removed = delete(PERSON_KEYS).where(PERSON_KEYS.c.candidate_id.in_(nobody))
                gone += session.connection().execute(removed).rowcount
        last = ids[-1]


@dataclass(frozen=True)
class Rotated:
    """How many keys were wrapped anew, and how many are there."""

    n_wrapped: int
    n_keys: int


def rotate(settings: Settings, progress: Callable[[int, int], None] | None = None) -> Rotated:
    """Wrap every key under the secret in force, some at a time; stopped halfway, it goes on when called again.

    Raises VonkError (`vault.other_secret`), before anything is changed, when some are wrapped under a secret that is
    neither VONK_SECRET_KEY nor VONK_SECRET_KEY_OLD.
    """
    vault, columns = vault_of(settings), PERSON_KEYS.c
    with session_scope(vault.engine, read_only=True) as session:
        names = set(session.connection().scalars(select(columns.secret_name).distinct()))
    if names - vault.wrapping.keys():
        raise VonkError("vault.other_secret", "VONK_SECRET_KEY_OLD")
    total, done = n_keys(settings), 0
    while n := _wrap_some(vault):
        done += n
        if progress is not None:
            progress(done, total)
    return Rotated(done, total)


def _wrap_some(vault: Vault) -> int:
    columns = PERSON_KEYS.c
    with session_scope(vault.engine) as session:
        connection = session.connection()
        old = select(PERSON_KEYS).where(columns.secret_name != vault.current).limit(_AT_ONCE).with_for_update()
        rows = connection.execute(old).all()
        for row in rows:
            key = _unwrapped(vault, row.candidate_id, row.wrapped, row.secret_name)
            connection.execute(
                update(PERSON_KEYS)
                .where(columns.candidate_id == row.candidate_id, columns.secret_name == row.secret_name)
                .values(wrapped=_wrapped(vault, row.candidate_id, key), secret_name=vault.current)
            )
    return len(rows)


def _keys(vault: Vault, ids: list[str], day: date) -> dict[str, bytes]:
    """The keys of some people; who has none yet gets one."""
    with session_scope(vault.engine, read_only=True) as session:
        keys = _found(session, vault, ids)
    missing = [one for one in ids if one not in keys]
    if not missing:
        return keys
    dialect = postgresql if vault.engine.dialect.name == "postgresql" else sqlite
    with session_scope(vault.engine) as session:
        connection = session.connection()
        erased = connection.scalar(
            select(func.min(TOMBSTONES.c.candidate_id)).where(TOMBSTONES.c.candidate_id.in_(missing))
        )
        if erased is not None:
            raise Refused("vault.erased", id=erased)
        made = [
            {
                "candidate_id": one,
                "wrapped": _wrapped(vault, one, os.urandom(_KEY_BYTES)),
                "secret_name": vault.current,
                "made_on": day,
            }
            for one in missing
        ]
        connection.execute(dialect.insert(PERSON_KEYS).on_conflict_do_nothing(), made)
        keys |= _found(session, vault, missing)  # another process may have been first: then its keys are the ones
    gone = set(ids) - keys.keys()
    if gone:
        raise NotFound("vault.no_key", id=min(gone))
    return keys


def _found(session: Session, vault: Vault, ids: list[str]) -> dict[str, bytes]:
    return {one: _unwrapped(vault, one, wrapped, secret_name) for one, wrapped, secret_name in _rows(session, ids)}


def _rows(session: Session, ids: list[str]) -> list[tuple[str, bytes, str]]:
    columns = PERSON_KEYS.c
    query = select(columns.candidate_id, columns.wrapped, columns.secret_name).where(columns.candidate_id.in_(ids))
    return [(row.candidate_id, row.wrapped, row.secret_name) for row in session.connection().execute(query)]


def _wrapped(vault: Vault, candidate_id: str, key: bytes) -> bytes:
    return seal(vault.wrapping[vault.current], key, _bound(candidate_id, "key"))


def _unwrapped(vault: Vault, candidate_id: str, wrapped: bytes, secret_name: str) -> bytes:
    return _open(_wrapping(vault, secret_name), wrapped, candidate_id, _bound(candidate_id, "key"))


def _wrapping(vault: Vault, secret_name: str) -> bytes:
    if secret_name not in vault.wrapping:
        raise VonkError("vault.other_secret", "VONK_SECRET_KEY")
    return vault.wrapping[secret_name]


def _bound(candidate_id: str, purpose: str) -> bytes:
    return f"{candidate_id}\0{purpose}".encode()


def _open(key: bytes, sealed: bytes, candidate_id: str, bound: bytes) -> bytes:
    plain = unseal(key, sealed, bound)
    if plain is None:
        raise VonkError("vault.broken", id=candidate_id)
    return plain


def _chunks(ids: Iterable[str], size: int = _AT_ONCE) -> Iterator[list[str]]:
    everybody = sorted(set(ids))
    for start in range(0, len(everybody), size):
        yield everybody[start : start + size]
