"""What policies are made of: who somebody is to a person, and why something is denied; for `api.policies*` alone.

`Denied` and TOLD are also for who asks a policy.
"""

from enum import StrEnum

from matching.actors import Role
from matching.facts import CandidateFacts
from matching.reach import Reach, within


class Denied(StrEnum):
    """Why something may not be seen or done."""

    ROLE = "role"  # nothing that her roles have to do with
    REACH = "reach"  # another region, organisation, caseload or person
    NOT_AGREED = "not_agreed"  # she has not agreed to this introduction
    CLOSED = "closed"  # nobody is sought for it any more
    NO_MANDATE = "no_mandate"  # another organisation is responsible, and let this one not introduce her
    OWN_REGION = "own_region"  # seen from a neighbouring region, changed in her own alone
    NOT_YOUR_STEP = "not_your_step"  # another one records this: she, the employer, or who goes along with her


TOLD = frozenset({Denied.NO_MANDATE, Denied.OWN_REGION, Denied.NOT_YOUR_STEP})


def any_of(*answers: Denied | None) -> Denied | None:
    """Yes where one of several says yes; else the reason that tells most."""
    if None in answers:
        return None
    told = [one for one in answers if one in TOLD]
    return told[0] if told else next((one for one in answers if one is not Denied.ROLE), Denied.ROLE)


def sees(reach: Reach, person: CandidateFacts) -> Denied | None:
    """As adviser of her region or a neighbouring one, or of an organisation that is responsible or was mandated."""
    if Role.ADVISER not in reach.roles:
        return Denied.ROLE
    mine = {person.responsible_id, *person.mandated_ids} & reach.works_for
    return None if within(reach.sees, person.region) or mine else Denied.REACH


def acts_for(reach: Reach, person: CandidateFacts) -> Denied | None:
    """As adviser of her own region, or of an organisation that is responsible or was mandated."""
    if Role.ADVISER not in reach.roles:
        return Denied.ROLE
    if within(reach.acts_in, person.region) or {person.responsible_id, *person.mandated_ids} & reach.works_for:
        return None
    return Denied.OWN_REGION if within(reach.sees, person.region) else Denied.REACH


def coaches(reach: Reach, person: CandidateFacts) -> Denied | None:
    """As her coach."""
    if Role.COACH not in reach.roles:
        return Denied.ROLE
    return None if person.coach in reach.names else Denied.REACH


def manages(reach: Reach, person: CandidateFacts) -> Denied | None:
    """As her caseworker."""
    if Role.CASEWORKER not in reach.roles:
        return Denied.ROLE
    return None if person.caseworker in reach.names else Denied.REACH


def is_her(reach: Reach, person: CandidateFacts) -> Denied | None:
    """She herself, or who represents her."""
    if not reach.people:
        return Denied.ROLE
    return None if person.id in reach.people else Denied.REACH
