"""The rights of a person: all that is stored of her in one piece, and that she is erased, for good.

For the ways in, the command line and `matching.retention`; whoever calls it has asked who asks. What is stored of her
is found through the tables: every table with a `candidate_id` is exported and emptied, unless it is named here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, ForeignKey, Table, delete, event, func, select
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session

from matching.actors import Actor, Grant, Role
from matching.changes import note_change
from matching.clock import date_of
from matching.database import session_scope
from matching.errors import NotFound
from matching.idempotency import forget
from matching.record import Entry, RecordKind, record_all
from matching.record.listing import looks_at
from matching.settings import Settings
from matching.store import existing, get_identity, load_candidates
from matching.store.candidates import CANDIDATES, PARTS
from matching.store.identities import IDENTITIES
from matching.store.masks import from_mask
from matching.store.organisations import names_by_id
from matching.tables import metadata
from matching.tables.changes import ChangeKind
from matching.vault import destroy, tombstones
from scoring.terms import Constraint

ACCOUNTS, GRANTS = metadata.tables["accounts"], metadata.tables["grants"]
VACANCIES = metadata.tables["vacancies"]
_OWNER = "candidate_id"
_CHUNK = 500

# What the profile says already, and what is sealed and opened: not told once more as rows.
TOLD_OTHERWISE = frozenset({*PARTS, IDENTITIES})
# Columns that say who else, by name: a role and an organisation is what she is told.
WITHHELD = {
    "overrides": frozenset({"made_by"}),
    "grants": frozenset({"granted_by"}),
    "introductions": frozenset({"made_by"}),
    "outcomes": frozenset({"recorded_by"}),
    "contacts": frozenset({"recorded_by"}),
    "cards": frozenset({"approved_by"}),
}
# Columns that are for her and her coach alone.
FOR_FEW = {"pauses": frozenset({"reason"})}
# Tables whose rows are of several people: what hangs on them is not hers.
SHARED = frozenset({"exposures", "shortlist_people"})
# Tables that keep their rows when she is erased, each with the reason.
KEPT_WHEN_ERASED: Mapping[str, str] = {
    "exposures": "the place on a list stays, without her: counts of what was shown stay right",
}
# Columns that hold a candidate's id under another name, each with the reason why it is not followed.
OTHER_NAMES = {
    ("audit_entries", "about_candidate"): "the record: exported as `record`, and kept when she is erased",
    ("audit_people", "about_candidate"): "the record: exported as `record`, and kept when she is erased",
}
_MASKS = {("overrides", "constraints"): Constraint}
_ACCOUNT = ("email", "name", "phone", "known_as", "active", "created_at")
_FORGET = "vonk_forget"


def export_of(
    session: Session, settings: Settings, candidate_id: str, *, now: datetime, whole: bool = True
) -> dict[str, Any]:
    """All that is stored of a candidate, ready for JSON.

    `profile` (restricted facts too), `identity`, `accounts` (those with which she signs in), `stored` (every further
    table that holds something of her, by its name), `record` (what happened with her data and who saw it, the newest
    first: when, what, in which role, for which organisation, at which rank), and names for the `organisations` and
    `vacancies` that occur. Colleagues are not named. That this was exported is for the caller to record. One
    that is not `whole` is for who may not know restricted facts, nor what is for her and her coach alone.

    Raises NotFound (`candidate.unknown`), and VonkError as `get_identity` does where it cannot be opened.
    """
    if not existing(session, [candidate_id]):
        raise NotFound("candidate.unknown", id=candidate_id)
    ((_, profile),) = load_candidates(session, [candidate_id], restricted=whole)
    root = session.connection().execute(select(CANDIDATES).where(CANDIDATES.c.id == candidate_id)).mappings().one()
    stored = {table.name: list(_rows(session, table, candidate_id)) for table in tables_of_a_candidate()}
    stored |= {table.name: list(_rows_below(session, table, candidate_id)) for table in tables_below()}
    looks = list(looks_at(session, candidate_id))
    for name, columns in () if whole else FOR_FEW.items():
        stored[name] = [{column: row[column] for column in row if column not in columns} for row in stored[name]]
    vacancies = {row["vacancy_id"] for rows in stored.values() for row in rows if "vacancy_id" in row}
    vacancies |= {look.about for look in looks if look.about is not None}
    organisations = {row["organisation_id"] for rows in stored.values() for row in rows if "organisation_id" in row}
    try:
        identity: dict[str, Any] | None = vars(get_identity(session, settings, candidate_id)).copy()
    except NotFound:
        identity = None
    return {
        "candidateId": candidate_id,
        "madeAt": now.isoformat(),
        "createdAt": root["created_at"].isoformat(),
        "updatedAt": root["updated_at"].isoformat(),
        "agreedOn": root["agreed_on"] and root["agreed_on"].isoformat(),
        "profile": profile.model_dump(mode="json", by_alias=True, exclude_none=True),
        "identity": identity,
        "accounts": list(_accounts(session, candidate_id)),
        "stored": {name: rows for name, rows in stored.items() if rows},
        "record": [
            {
                "at": look.at.isoformat(),
                "what": look.kind.value,
                "role": look.role and look.role.value,
                "organisation": look.organisation,
                "about": look.about,
                "rank": look.rank,
            }
            for look in looks
        ],
        "organisations": names_by_id(session, organisations),
        "vacancies": _titles(session, vacancies),
    }


def tables_of_a_candidate() -> list[Table]:
    """The tables whose rows are exported as they are: all that hold her id, but those that are told otherwise."""
    return [table for table in metadata.sorted_tables if _OWNER in table.c and table not in TOLD_OTHERWISE]


def _rows(session: Session, table: Table, candidate_id: str) -> Iterator[dict[str, Any]]:
    withheld = WITHHELD.get(table.name, frozenset()) | {_OWNER}
    query = select(table).where(table.c[_OWNER] == candidate_id).order_by(*table.primary_key.columns)
    for row in session.connection().execute(query).mappings():
        yield {name: _plain(table.name, name, value) for name, value in row.items() if name not in withheld}


def tables_below() -> list[Table]:
    """The tables whose rows hang on rows of hers, and go with them: outcomes, promises and the like."""
    hers = {table.name for table in tables_of_a_candidate()} - SHARED
    return [table for table in metadata.sorted_tables if _OWNER not in table.c and _parent(table, hers) is not None]


def _parent(table: Table, hers: set[str]) -> ForeignKey | None:
    keys = (key for key in table.foreign_keys if key.ondelete == "CASCADE" and key.column.table.name in hers)
    return next(keys, None)


def _rows_below(session: Session, table: Table, candidate_id: str) -> Iterator[dict[str, Any]]:
    key = _parent(table, {one.name for one in tables_of_a_candidate()} - SHARED)
    assert key is not None  # noqa: S101 - of `tables_below`
    parent = key.column.table
    query = (
        select(table)
        .join(parent, key.parent == key.column)
        .where(parent.c[_OWNER] == candidate_id)
        .order_by(*table.primary_key.columns)
    )
    withheld = WITHHELD.get(table.name, frozenset())
    for row in session.connection().execute(query).mappings():
        yield {name: _plain(table.name, name, value) for name, value in row.items() if name not in withheld}


def _plain(table: str, column: str, value: Any) -> Any:
    if (table, column) in _MASKS:
        return from_mask(value, _MASKS[table, column])
    return value.isoformat() if isinstance(value, date | datetime) else value


def _accounts(session: Session, candidate_id: str) -> Iterator[dict[str, Any]]:
    """The accounts that are hers; of a representative only the grant is told, with what is stored."""
    hers = select(GRANTS.c.account_id).where(GRANTS.c[_OWNER] == candidate_id, GRANTS.c.role == Role.CANDIDATE.value)
    query = select(*(ACCOUNTS.c[name] for name in _ACCOUNT)).where(ACCOUNTS.c.id.in_(hers))
    for row in session.connection().execute(query).mappings():
        yield {name: _plain("accounts", name, value) for name, value in row.items()}


def _titles(session: Session, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for chunk in _chunks(ids):
        columns = VACANCIES.c
        for row in session.connection().execute(select(columns.id, columns.title).where(columns.id.in_(chunk))):
            found[row.id] = row.title
    return found


def erase(
    session: Session,
    settings: Settings,
    candidate_id: str,
    *,
    now: datetime,
    actor: Actor | None = None,
    grant: Grant | None = None,
    request_id: str | None = None,
    basis: str | None = None,
) -> None:
    """Erase a candidate for good. Raises NotFound (`candidate.unknown`).

    Gone are her profile, identity, every row that holds her id, her own account, and the accounts of who represented
    nobody but her; her key in the vault, and with it whatever of her stands sealed in any backup; and, once this
    transaction is committed, the snapshots of the pool in this data folder (other servers drop theirs when they hear of
    the change, within seconds, and build their pool anew within minutes).

    What stays is her id, which is random and now leads nowhere: in the record, which must tell for its whole term that
    somebody looked, at what and when, and that she was erased, and of which no entry can be taken without breaking its
    seal, so that its counts stay right; in the numbered changes until they are pruned; and in a tombstone with the day.

    The key and the tombstone are written at once, before the transaction of the session is committed: an erasure that
    was begun is finished by `apply_tombstones`, even if the transaction fails.
    """
    session.flush()
    if not existing(session, [candidate_id]):
        raise NotFound("candidate.unknown", id=candidate_id)
    destroy(settings, [candidate_id], date_of(now))
    _remove(session, settings, [candidate_id])
    erased = Entry(RecordKind.ERASED, actor, grant, about_candidate=candidate_id, request_id=request_id, basis=basis)
    record_all(session, [erased], now=now)


def apply_tombstones(session: Session, settings: Settings, *, now: datetime) -> int:
    """Erase again whoever was erased and came back with a backup; how many that were.

    It goes by the tombstones and by the record: an older copy of the vault, or of the database, brings nobody back.
    """
    buried, recorded = _erased(session, settings)
    if recorded - buried:
        destroy(settings, recorded - buried, date_of(now))
    erased = sorted(recorded | buried)
    back = sorted(existing(session, erased))
    _remove(session, settings, back)
    again = [Entry(RecordKind.ERASED, about_candidate=one, details={"again": True}) for one in back]
    record_all(session, again, now=now)
    _drop_from_disk(settings, erased)
    return len(back)


def raise_nobody(engine: Engine, settings: Settings, *, now: datetime) -> int:
    """`apply_tombstones` in a transaction of its own; at every start, before anything is served.

    Where there is nothing to do, which is nearly always, no transaction that writes is begun.
    """
    with session_scope(engine, read_only=True) as session:
        buried, recorded = _erased(session, settings)
        if recorded <= buried and not existing(session, buried):
            _drop_from_disk(settings, sorted(buried))
            return 0
    with session_scope(engine) as session:
        return apply_tombstones(session, settings, now=now)


def _erased(session: Session, settings: Settings) -> tuple[set[str], set[str]]:
    """Who was erased by the tombstones, and by the record."""
    columns = metadata.tables["audit_entries"].c
    query = select(columns.about_candidate).where(columns.kind == RecordKind.ERASED.value).distinct()
    return set(tombstones(settings)), {one for one in session.connection().scalars(query) if one}


def _remove(session: Session, settings: Settings, ids: Sequence[str]) -> None:
    """All rows of some candidates, and what hangs on them; the children of a table go before it."""
    if not ids:
        return
    connection = session.connection()
    for one in ids:
        forget(session, one)  # answers that are kept for retries
    for chunk in _chunks(ids):
        theirs = set(connection.scalars(select(GRANTS.c.account_id).where(GRANTS.c[_OWNER].in_(chunk))))
        for table in reversed(metadata.sorted_tables):
            if _OWNER in table.c and table.name not in KEPT_WHEN_ERASED:
                connection.execute(delete(table).where(table.c[_OWNER].in_(chunk)))
        connection.execute(delete(CANDIDATES).where(CANDIDATES.c.id.in_(chunk)))
        granted = select(func.count()).where(GRANTS.c.account_id == ACCOUNTS.c.id).scalar_subquery()
        connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.id.in_(sorted(theirs)), granted == 0))
    note_change(session, ChangeKind.CANDIDATE, ids)
    session.info.setdefault(_FORGET, []).append((settings, tuple(ids)))


def _drop_from_disk(settings: Settings, ids: Sequence[str]) -> None:
    if ids:
        # heavy, and few commands have somebody to forget
        from matching.snapshot import drop_snapshots_holding, folder_of

        drop_snapshots_holding(folder_of(settings), ids)


@event.listens_for(OrmSession, "after_commit")
def _forget_on_disk(session: OrmSession) -> None:
    """Not earlier: a snapshot that is made of the state before would stand again."""
    if session.in_nested_transaction():
        return
    for settings, ids in session.info.pop(_FORGET, ()):
        _drop_from_disk(settings, ids)


@event.listens_for(OrmSession, "after_rollback")
def _nothing_to_forget(session: OrmSession) -> None:
    session.info.pop(_FORGET, None)


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    everything = sorted(ids)
    for start in range(0, len(everything), _CHUNK):
        yield everything[start : start + _CHUNK]
