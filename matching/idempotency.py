"""A request that is sent again under the same Idempotency-Key is answered as it was, and done once; for the way in.

The answer is kept in the transaction that did the work: either both are there or neither. A request that failed
changed nothing, so nothing is kept of it, and it may be sent again.

An answer may hold what is personal, so it is kept sealed, for a day. The key that opens it follows from the
installation's secret *and* the client's Idempotency-Key, and of the latter only a keyed hash is kept: who has the
database and the secret, but not the key that the client made, can read no answer. `forget` takes away what was kept
about somebody who is erased.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from matching.errors import Conflict, Invalid
from matching.sealing import derived_key, seal, unseal
from matching.settings import Settings
from matching.tables import metadata

KEPT = metadata.tables["kept_answers"]
_PRUNED_AT_ONCE = 100


@dataclass(frozen=True)
class Answer:
    """What was answered; the body does not show when the object is printed."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Attempt:
    """One request under a key: where it is kept, what it asked, and what opens its answer; made by `attempt`."""

    scope: str
    fingerprint: str
    opens: bytes = field(repr=False)


def attempt(settings: Settings, *, account: str, method: str, path: str, key: str, asked: bytes) -> Attempt:
    """A request of an account; `asked` is a digest of all that it asks (query and body)."""
    said = json.dumps([account, method, path, key]).encode()

    def hashed(purpose: bytes, text: bytes) -> str:
        return hmac.new(derived_key(settings, purpose), text, hashlib.sha256).hexdigest()

    opens = derived_key(settings, b"vonk kept answers" + hashlib.sha256(said).digest())
    return Attempt(hashed(b"vonk idempotency scope", said), hashed(b"vonk idempotency body", asked), opens)


def recall(session: Session, attempt: Attempt, now: datetime) -> Answer | None:
    """What was answered to this request before; None where it is new, and then this transaction alone may do it.

    Raises Invalid (`idempotency.other_body`) where the key was used for something else, and Conflict
    (`idempotency.under_way`) where another transaction is at it; SQLite, which has one writer at a time, waits instead.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        number = int(attempt.scope[:16], 16) - (1 << 63)
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(sa.cast(number, sa.BigInteger)))):
            raise Conflict("idempotency.under_way")
    row = connection.execute(sa.select(KEPT).where(KEPT.c.scope == attempt.scope)).one_or_none()
    if row is None or row.kept_until <= now:
        return None
    if not hmac.compare_digest(row.fingerprint, attempt.fingerprint):
        raise Invalid("idempotency.other_body", "Idempotency-Key")
    plain = unseal(attempt.opens, row.sealed, attempt.scope.encode())
    if plain is None:  # sealed under another secret: what was done can no longer be told, and is not done twice
        raise Conflict("idempotency.lost")
    head, _, body = plain.partition(b"\n")
    status, headers = json.loads(head)
    return Answer(status, tuple((name, value) for name, value in headers), body)


def remember(
    session: Session, attempt: Attempt, answer: Answer, *, about: str | None, now: datetime, hours: float
) -> None:
    """Keep an answer for some hours; `about` is the id of a person, or of what was made where it is about nobody.

    Prunes some of what was kept long enough.
    """
    connection = session.connection()
    prune(session, now, at_most=_PRUNED_AT_ONCE)
    connection.execute(sa.delete(KEPT).where(KEPT.c.scope == attempt.scope))
    plain = json.dumps([answer.status, answer.headers]).encode() + b"\n" + answer.body
    connection.execute(
        sa.insert(KEPT),
        {
            "scope": attempt.scope,
            "fingerprint": attempt.fingerprint,
            "about": about,
            "sealed": seal(attempt.opens, plain, attempt.scope.encode()),
            "kept_until": now + timedelta(hours=hours),
        },
    )


def prune(session: Session, now: datetime, *, at_most: int) -> int:
    """Take away answers that were kept long enough, and give how many; what somebody else is at is left to her."""
    over = sa.select(KEPT.c.scope).where(KEPT.c.kept_until <= now).limit(at_most).with_for_update(skip_locked=True)
    return session.connection().execute(sa.delete(KEPT).where(KEPT.c.scope.in_(over))).rowcount


def forget(session: Session, about: str) -> None:
    """Take away what was kept about something that is erased."""
    session.connection().execute(sa.delete(KEPT).where(KEPT.c.about == about))
