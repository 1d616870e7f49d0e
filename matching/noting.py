"""What happens to accounts, rights and tokens, put on the record; for all that signs in and gives rights."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from matching.accounts import actor_of
from matching.actors import Actor
from matching.clock import date_of
from matching.record import RecordKind, record
from matching.under_way import REQUEST_ID


class Noted(StrEnum):
    """What happened; each is a kind of the record."""

    ACCOUNT_CHANGED = RecordKind.ACCOUNT_CHANGED.value
    RIGHTS_CHANGED = RecordKind.RIGHTS_CHANGED.value
    TOKEN_CHANGED = RecordKind.TOKEN_CHANGED.value
    MANDATE_CHANGED = RecordKind.MANDATE_CHANGED.value
    ORGANISATION_CHANGED = RecordKind.ORGANISATION_CHANGED.value
    SIGNED_IN = RecordKind.SIGNED_IN.value
    SIGN_IN_FAILED = RecordKind.SIGN_IN_FAILED.value
    SIGNED_OUT = RecordKind.SIGNED_OUT.value


def noted(
    session: Session, kind: Noted, what: str, *, about: str | None, now: datetime, by: Actor | None = None
) -> None:
    """Put on the record that something happened, in the transaction in which it did.

    `what` is a code, `about` an id; `by` None is the command line, or nobody yet. A mandate is about a candidate.
    """
    of_a_person = kind is Noted.MANDATE_CHANGED
    record(
        session,
        by,
        RecordKind(kind.value),
        now=now,
        about_candidate=about if of_a_person else None,
        about=None if of_a_person else about,
        request_id=REQUEST_ID.get(),
        details={"what": what},
    )


def noted_by_herself(session: Session, kind: Noted, what: str, account_id: str, *, now: datetime) -> None:
    """The same of what an account did with itself, once it is certain who she is: she acted, and it is about her."""
    noted(session, kind, what, about=account_id, now=now, by=actor_of(session, account_id, today=date_of(now)))
