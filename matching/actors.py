"""Who acts: an account with what it was granted; made by whoever signs people in, read by policies and the record.

Nothing here is a name: an account is an id, and what it may follows from its grants alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to Vonk; a person may be several of these, each with its own reach."""

    ADVISER = "adviser"  # of a WSP: her own region and its neighbours
    EMPLOYER = "employer"  # her own organisation
    COACH = "coach"  # her own caseload
    CASEWORKER = "caseworker"  # klantmanager: her own candidates
    COORDINATOR = "coordinator"  # figures of a region, or of all
    CANDIDATE = "candidate"  # herself
    REPRESENTATIVE = "representative"  # of one candidate, by mandate
    AUDITOR = "auditor"  # the record and the models
    ADMINISTRATOR = "administrator"  # accounts, and no candidate


class Scope(StrEnum):
    """What a token may do; people who sign in have all that their roles have."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Grant:
    """One role, and how far it reaches; what does not apply is None.

    `region` (code) is of advisers and coordinators, where None is the whole country; `organisation_id` of employers
    (and, where known, of others: for whom they work); `candidate_id` of candidates and representatives.
    """

    role: Role
    region: str | None = None
    organisation_id: str | None = None
    candidate_id: str | None = None


@dataclass(frozen=True)
class Actor:
    """An account that acts now. `known_as`: how files name her as coach or caseworker. `scopes` None: all."""

    account_id: str
    grants: tuple[Grant, ...]
    known_as: str | None = None
    scopes: frozenset[Scope] | None = None

    def granted(self, *roles: Role) -> Iterable[Grant]:
        """Her grants of these roles."""
        return (grant for grant in self.grants if grant.role in roles)

    def may(self, scope: Scope) -> bool:
        """Whether this way in allows reading or writing at all."""
        return self.scopes is None or scope in self.scopes
