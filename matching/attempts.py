"""How long somebody waits after wrong attempts, in the database so that all processes agree; for who signs people in.

The first attempts are free, then each doubles the wait, up to a quarter of an hour: guessing becomes hopeless, and
nobody is locked out for good. An attempt is counted before it is judged, so that many at once are not free either, and
forgotten when it was right. A browser in which she signed in before is counted apart: strangers cannot make her wait
there.
"""

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from matching.errors import Refused
from matching.sealing import keyed_hash
from matching.settings import Settings
from matching.tables import metadata

ATTEMPTS = metadata.tables["sign_in_attempts"]
FREE, FREE_OF_ADDRESS = 5, 30  # several people may share an address
LONGEST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
_PURPOSE = "attempts"
_NETWORK_BITS = 64  # of IPv6: what one household or office has


class TooSoon(Refused):
    """It went wrong too often; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("sign_in.wait", seconds=seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Counter:
    """What is counted, and how often it is free."""

    key: str
    free: int = FREE


def of_account(settings: Settings, name: str) -> Counter:
    """By an e-mail address or an id, whether there is such an account or not."""
    return Counter(keyed_hash(settings, _PURPOSE, "account", name))


def of_factor(settings: Settings, account_id: str) -> Counter:
    """Second factors of an account, of which the password was right."""
    return Counter(keyed_hash(settings, _PURPOSE, "factor", account_id))


def of_address(settings: Settings, address: str) -> Counter:
    """By where it comes from: an IP address, of IPv6 the network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return Counter(keyed_hash(settings, _PURPOSE, "address", address), FREE_OF_ADDRESS)
    network = ipaddress.ip_network((parsed, _NETWORK_BITS if parsed.version == 6 else 32), strict=False)
    return Counter(keyed_hash(settings, _PURPOSE, "address", str(network)), FREE_OF_ADDRESS)


def of_browser(settings: Settings, account_id: str | None, mark: str | None) -> Counter | None:
    """A browser in which this account signed in before; None where the mark does not say so."""
    nonce, _, proof = (mark or "").partition(".")
    if account_id is None or not secrets.compare_digest(proof.encode(), _proof(settings, account_id, nonce).encode()):
        return None
    return Counter(keyed_hash(settings, _PURPOSE, "browser", account_id, nonce))


def mark_of_browser(settings: Settings, account_id: str) -> str:
    """What a browser keeps after she signed in, and `of_browser` knows again."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_proof(settings, account_id, nonce)}"


def _proof(settings: Settings, account_id: str, nonce: str) -> str:
    return keyed_hash(settings, "browsers", account_id, nonce)


def count(session: Session, counters: Sequence[Counter], *, now: datetime) -> None:
    """Count one attempt. Raises TooSoon, and counts nothing, where one of them still has to wait."""
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(sa.delete(ATTEMPTS).where(ATTEMPTS.c.last_at < now - FORGOTTEN_AFTER))
    known: list[Counter] = []
    for one in sorted(counters, key=lambda counter: counter.key):  # in one order, so that nobody waits crosswise
        row = {"key": one.key, "failures": 1, "last_at": now}
        new = connection.execute(dialect.insert(ATTEMPTS).values(row).on_conflict_do_nothing())
        if not new.rowcount:
            known.append(one)
    kept = {
        row.key: row
        for row in connection.execute(
            sa.select(ATTEMPTS)
            .where(ATTEMPTS.c.key.in_([one.key for one in known]))
            .order_by(ATTEMPTS.c.key)
            .with_for_update()
        )
    }
    seconds = max((_seconds(kept[one.key], one.free, now) for one in known if one.key in kept), default=0)
    if seconds > 0:
        raise TooSoon(seconds)
    connection.execute(
        sa.update(ATTEMPTS).where(ATTEMPTS.c.key.in_(kept)).values(failures=ATTEMPTS.c.failures + 1, last_at=now)
    )


def _seconds(row: sa.Row[tuple[str, int, datetime]], free: int, now: datetime) -> int:
    """How long the next attempt still has to wait; 0 where it need not.

    An attempt of long after now is one of before the clock stepped back: nobody waits until that time comes again.
    """
    if row.failures < free or row.last_at > now + LONGEST:
        return 0
    wait = min(timedelta(seconds=2 ** min(row.failures - free, 16)), LONGEST)
    left = (row.last_at + wait - now).total_seconds()
    return max(0, -int(-left // 1))


def was_right(session: Session, mine: Counter, address: Counter) -> None:
    """What went wrong before no longer counts for her; for where it came from, this attempt alone is taken back."""
    connection, columns = session.connection(), ATTEMPTS.c
    once = sa.and_(columns.key == address.key, columns.failures == 1)
    connection.execute(sa.delete(ATTEMPTS).where(sa.or_(columns.key == mine.key, once)))
    connection.execute(sa.update(ATTEMPTS).where(columns.key == address.key).values(failures=columns.failures - 1))
