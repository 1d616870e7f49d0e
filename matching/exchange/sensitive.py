"""What may not be kept: numbers that are BSNs, and texts that betray health, crime, debts, religion or origin.

Called by `importing`, before anything is stored. It answers whether, never what: no function here gives text back
that it found, and nothing of it may go into a log or a report.
"""

import re
from functools import cache
from importlib.resources import files

from matching.exchange.words import plain

MAX_SHOWN = 40  # characters
_LONE_NUMBER = re.compile(r"(?<![\d.,])(\d{8,9}|\d{4}[. ]\d{2}[. ]\d{3}|\d{3}[. -]\d{3}[. -]\d{3})(?![\d]|[.,]\d)")
_CONTACT = re.compile(
    r"[\w.+-]+@\w[\w-]*(?:\.[\w-]+)+"
    r"|(?<![\d+])(?<!\d[-./])(?!\d{1,2}[-./]\d{1,2}[-./]\d{2,4}(?![-.]?\d))"
    r"(?:(?:\+|00)\d{2}|\(0(?=\d{1,3}\))|0)(?:[ .()–-]{0,3}\d){8,10}(?!\d)"
)


def is_bsn(text: str) -> bool:
    """Whether a text is a number of 8 or 9 digits that passes the eleven test of the citizen service number.

    Source: Wet algemene bepalingen burgerservicenummer; 9a + 8b + 7c + 6d + 5e + 4f + 3g + 2h - i is a multiple of 11.
    """
    if not _LONE_NUMBER.fullmatch(text.strip()):
        return False
    digits = re.sub(r"[. -]", "", text.strip())
    if not digits.isascii() or not int(digits):
        return False
    padded = digits.zfill(9)
    total = sum(weight * int(digit) for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), padded, strict=True))
    return total % 11 == 0


def is_day(digits: str) -> bool:
    """Eight digits that are a day (20270301, 01032027) are more likely that than a BSN."""
    if len(digits) != 8 or not digits.isdigit():
        return False
    year_first, year_last = digits[:4], digits[4:]
    month_day = (digits[4:6], digits[6:]) if "1900" <= year_first <= "2100" else (digits[2:4], digits[:2])
    is_year = "1900" <= year_first <= "2100" or "1900" <= year_last <= "2100"
    return is_year and 1 <= int(month_day[0]) <= 12 and 1 <= int(month_day[1]) <= 31


def without_bsn(text: str) -> tuple[str, int]:
    """The text without numbers that are BSNs, and how many were taken out."""
    n_found = 0

    def drop(match: re.Match[str]) -> str:
        nonlocal n_found
        if not is_bsn(match[1]) or is_day(match[1]):
            return match[0]
        n_found += 1
        return ""

    cleaned = _LONE_NUMBER.sub(drop, text)
    return (cleaned.strip() if n_found else text), n_found


def without_contact(text: str) -> tuple[str, int]:
    """The text without e-mail addresses and phone numbers, and how many were taken out."""
    cleaned, n_found = _CONTACT.subn(" ", text)
    if not n_found:
        return text, 0
    cleaned = re.sub(r"\b(?:tel|telefoon|mobiel|mob|e-?mail|mail|bel)\b[.: ]*(?=[,;)]|\s*$)", " ", cleaned)
    cleaned = re.sub(r"[^\S\n]+", " ", re.sub(r"\(\s*\)", " ", cleaned))
    return cleaned.strip(" ,;:-–/|"), n_found


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The sensitive words, and the phrases that are taken out first, as two patterns over plain text."""
    words: dict[bool, list[str]] = {True: [], False: []}
    innocent = False
    for line in files("matching.exchange").joinpath("sensitive_words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            innocent = line == "[not]"
        elif line and not line.startswith("#"):
            words[innocent].append(re.escape(line).replace(r"\*", "[a-z0-9]*").replace(r"\ ", " "))
    sensitive, harmless = (
        re.compile(rf"(?<![a-z0-9])(?:{'|'.join(sorted(listed, key=len, reverse=True))})(?![a-z0-9])")
        for listed in (words[False], words[True])
    )
    return sensitive, harmless


def is_sensitive(text: str) -> bool:
    """Whether a text about a person has words on health, addiction, crime, debts, religion or origin."""
    sensitive, harmless = _patterns()
    return sensitive.search(harmless.sub(" | ", plain(text))) is not None


def may_be_shown(text: str) -> bool:
    """Whether words that could not be read may be shown to whoever imports: short, and nothing about a person."""
    return (
        len(text) <= MAX_SHOWN and not is_sensitive(text) and not without_bsn(text)[1] and not without_contact(text)[1]
    )
