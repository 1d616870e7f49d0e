"""What people write beside a fact: what may not be kept is refused, what names a trait is held back; for this package.

A note is written so that she may read it. Nothing here gives back or logs what was written.
"""

import re

from matching.errors import Invalid
from matching.exchange.sensitive import is_sensitive, without_bsn, without_contact
from matching.exchange.words import plain

NOTE_LENGTH = 1_000

# What an employer's refusal may name beside health, addiction, crime, debts, religion and origin (`is_sensitive`).
_TRAITS = re.compile(
    r"(?<![a-z0-9])(?:"
    r"leeftijd\w*|te (?:oud|jong)|(?:een )?oudere|(?:jonger|ouder) (?:iemand|persoon|kandidaat)|jaar oud"
    r"|[5-7]\d plus\w*"
    r"|gezond\w*|ongezond\w*|verzuim\w*|ziek\w*|arbo\w*|bedrijfsarts|beperking\w*|kwetsbaar\w*"
    r"|zwanger\w*|kinderwens|zwangerschap\w*|moederschap\w*|gezinsplannen|bevallen"
    r"|buitenlands\w*|buitenlander\w*|accent|huidskleur|cultuur|etnisch\w*|nederlandse achtergrond"
    r"|marokka\w*|turks\w*|polen"
    r"|hoofddoek\w*|moslim\w*|geloof\w*|religie\w*|kerk\w*|homo\w*|lesbi\w*|transgender\w*|man|vrouw|mannen|vrouwen"
    r"|too (?:old|young)|\bage\b|older|younger|sick\w*|ill|illness\w*|health\w*|pregnan\w*|disab\w*|handicap\w*"
    r"|foreign\w*|origin|ethnic\w*|muslim\w*|religio\w*|church|woman|women|men|gender"
    r")(?![a-z0-9])"
)


def checked(note: str | None, field: str = "note") -> str | None:
    """The note without white space around it. Raises Invalid (`note.private`) where it has a BSN or contact data."""
    text = (note or "").strip()
    if not text:
        return None
    if without_bsn(text)[1]:
        raise Invalid("note.private", field, reason="note_bsn")
    if without_contact(text)[1]:
        raise Invalid("note.private", field, reason="note_contact")
    return text


def names_a_trait(note: str | None) -> bool:
    """Whether a note of an employer names age, health, sickness, origin, pregnancy, religion or another trait."""
    return note is not None and (is_sensitive(note) or _TRAITS.search(plain(note)) is not None)


def checked_of_staff(note: str | None, field: str = "note") -> str | None:
    """As `checked`; raises Invalid (`note.private`) also where it betrays health, origin and the like."""
    text = checked(note, field)
    if text is not None and is_sensitive(text):
        raise Invalid("note.private", field, reason="note_sensitive")
    return text
