"""What happens to accounts is noted here, in its own transaction; for all that signs in and gives rights."""

import logging
from enum import StrEnum

from sqlmodel import Session

from matching.actors import Actor

log = logging.getLogger("vonk.accounts")


class Noted(StrEnum):
    """What happened."""

    ACCOUNT_CHANGED = "account_changed"
    RIGHTS_CHANGED = "rights_changed"
    TOKEN_CHANGED = "token_changed"
    MANDATE_CHANGED = "mandate_changed"
    ORGANISATION_CHANGED = "organisation_changed"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"


def noted(session: Session, kind: Noted, what: str, *, about: str | None, by: Actor | None = None) -> None:
    """Note that something happened. `what` is a code, `about` an id; `by` None is the command line, or nobody yet.

    `session` is the transaction in which it happened.
    """
    log.info("%s %s about=%s by=%s", kind.value, what, about or "-", by.account_id if by else "-")
