"""Who may see what: pure functions over facts that answer yes (None) or the reason why not; for routes and commands.

There are no accounts yet, so that the rule is: denied, unless everything that could be shown is made up and nobody
but who sits at this machine can ask for it.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

MADE_UP = "demo"  # the source of everything in a made-up world


@dataclass(frozen=True)
class Facts:
    """What a policy goes by: the environment, the address that is listened on, and what the database holds.

    `sources` are those of all candidates and vacancies, those that are in the ranker included; "" is no source.
    """

    env: str
    listens_on: str
    sources: frozenset[str]


class Denied(StrEnum):
    """Why something may not be seen."""

    NOT_DEVELOPMENT = "not_development"
    NOT_LOOPBACK = "not_loopback"
    NOBODY = "nobody"
    OTHER_PEOPLE = "other_people"


Policy = Callable[[Facts], Denied | None]


def everybody(_facts: Facts) -> Denied | None:
    """What tells nothing about people or vacancies: health, the description of the API, style."""
    return None


def made_up_world_here(facts: Facts) -> Denied | None:
    """Pages and rankings: only of a made-up world, in development, on a server that this machine alone can reach."""
    if facts.env != "development":
        return Denied.NOT_DEVELOPMENT
    if not is_loopback(facts.listens_on):
        return Denied.NOT_LOOPBACK
    if not facts.sources:
        return Denied.NOBODY
    return None if is_made_up(facts.sources) else Denied.OTHER_PEOPLE


def is_made_up(sources: frozenset[str]) -> bool:
    """Whether candidates and vacancies of these sources are all of the made-up world."""
    return sources <= {MADE_UP}


def is_loopback(address: str) -> bool:
    """Whether this is an IP address that only this machine can reach (127.0.0.0/8 or ::1); a name never is."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
