"""Who may do what: pure functions over who asks and what it is about; they answer None (yes) or the reason why not.

Denied by default: a route names exactly one of these, and a test fails for one that names none. What is denied does
not exist for who asks (404), but for the few reasons in TOLD, which are about a thing that she may see.
"""

import ipaddress
from collections.abc import Callable
from enum import StrEnum

from matching.actors import Role
from matching.facts import CandidateFacts, VacancyFacts
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

Policy = Callable[[Reach], Denied | None]
CandidatePolicy = Callable[[Reach, CandidateFacts], Denied | None]
VacancyPolicy = Callable[[Reach, VacancyFacts], Denied | None]


def only(*roles: Role) -> Policy:
    """What is for these roles, whoever it is about."""

    def policy(reach: Reach) -> Denied | None:
        return None if reach.roles & set(roles) else Denied.ROLE

    policy.__name__ = "only_" + "_".join(role.value for role in roles)
    return policy


def signed_in(_reach: Reach) -> Denied | None:
    """What every account may: its own things."""
    return None


def list_tokens_of(reach: Reach, account_id: str | None) -> Denied | None:
    """The tokens of an account, or (None) of all: her own; all for who keeps or audits accounts."""
    if reach.roles & {Role.ADMINISTRATOR, Role.AUDITOR} or account_id == reach.actor.account_id:
        return None
    return Denied.REACH


def end_token(reach: Reach, account_id: str) -> Denied | None:
    """A token of an account: her own, or any for who keeps accounts."""
    return None if Role.ADMINISTRATOR in reach.roles or account_id == reach.actor.account_id else Denied.REACH


def _first(*answers: Denied | None) -> Denied | None:
    """Yes where one of several says yes; else the reason that tells most."""
    if None in answers:
        return None
    told = [one for one in answers if one in TOLD]
    return told[0] if told else next((one for one in answers if one is not Denied.ROLE), Denied.ROLE)


def _sees(reach: Reach, person: CandidateFacts) -> Denied | None:
    if Role.ADVISER not in reach.roles:
        return Denied.ROLE
    mine = {person.responsible_id, *person.mandated_ids} & reach.works_for
    return None if within(reach.sees, person.region) or mine else Denied.REACH


def _acts_for(reach: Reach, person: CandidateFacts) -> Denied | None:
    """As adviser of her own region, or of an organisation that is responsible or was mandated."""
    if Role.ADVISER not in reach.roles:
        return Denied.ROLE
    if within(reach.acts_in, person.region) or {person.responsible_id, *person.mandated_ids} & reach.works_for:
        return None
    return Denied.OWN_REGION if within(reach.sees, person.region) else Denied.REACH


def _coaches(reach: Reach, person: CandidateFacts) -> Denied | None:
    if Role.COACH not in reach.roles:
        return Denied.ROLE
    return None if person.coach in reach.names else Denied.REACH


def _manages(reach: Reach, person: CandidateFacts) -> Denied | None:
    if Role.CASEWORKER not in reach.roles:
        return Denied.ROLE
    return None if person.caseworker in reach.names else Denied.REACH


def _is_her(reach: Reach, person: CandidateFacts) -> Denied | None:
    """She herself, or who represents her."""
    if not reach.people:
        return Denied.ROLE
    return None if person.id in reach.people else Denied.REACH


def read_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Her profile without who she is."""
    return _first(_sees(reach, person), _coaches(reach, person), _manages(reach, person), _is_her(reach, person))


def change_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Write in her profile, or erase her."""
    return _first(_acts_for(reach, person), _coaches(reach, person), _manages(reach, person), _is_her(reach, person))


def know_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Her name and contact data, as one of the people around her; an employer's right is looked at apart."""
    return change_candidate(reach, person)


def show_card(reach: Reach, person: CandidateFacts) -> Denied | None:
    """The card that an employer would see."""
    return _first(_sees(reach, person), _coaches(reach, person), _is_her(reach, person))


def change_card(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Write her card, and say that she approved it."""
    return _first(_acts_for(reach, person), _coaches(reach, person), _is_her(reach, person))


def find_work(reach: Reach, person: CandidateFacts) -> Denied | None:
    """The vacancies that are ranked for her."""
    return _first(_sees(reach, person), _coaches(reach, person), _is_her(reach, person))


def coach_explained(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Why, or why not, a vacancy fits somebody of her caseload."""
    return _coaches(reach, person)


def ask_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """What is worth asking her."""
    return _first(_sees(reach, person), _coaches(reach, person))


def export_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """All that is stored of her, and who looked."""
    return _first(_acts_for(reach, person), _is_her(reach, person))


def coach_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Contacts, pauses and placements: her coach, and who acts for her."""
    return _first(_coaches(reach, person), _acts_for(reach, person))


def introduce_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Bring her together with an employer: the responsible organisation, or one that it let do so, alone."""
    reached = _first(_acts_for(reach, person), _coaches(reach, person))
    if reached is not None:
        return reached
    if person.responsible_id is None or {person.responsible_id, *person.mandated_ids} & reach.works_for:
        return None
    return Denied.NO_MANDATE


def read_vacancy(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """A vacancy: its employer, advisers who see the region; open ones also who is around a person."""
    return _first(_owns(reach, vacancy), _sees_vacancy(reach, vacancy), _may_find(reach, vacancy))


def change_vacancy(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """Write a vacancy, or take it away."""
    return _first(_owns(reach, vacancy), _acts_on(reach, vacancy))


def ask_of_vacancy(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """How many could do it, and what would widen it; and the people, whom an employer sees as cards."""
    return _first(_owns(reach, vacancy), _sees_vacancy(reach, vacancy))


def rank_candidates(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """The people for a vacancy as advisers see them."""
    return _sees_vacancy(reach, vacancy)


def overrule(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """Put a person in or out."""
    return _sees_vacancy(reach, vacancy)


def _owns(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    if Role.EMPLOYER not in reach.roles:
        return Denied.ROLE
    return None if vacancy.organisation_id in reach.organisations else Denied.REACH


def _sees_vacancy(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    if Role.ADVISER not in reach.roles:
        return Denied.ROLE
    return None if within(reach.sees, vacancy.region) else Denied.REACH


def _acts_on(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    if Role.ADVISER not in reach.roles:
        return Denied.ROLE
    if within(reach.acts_in, vacancy.region):
        return None
    return Denied.OWN_REGION if within(reach.sees, vacancy.region) else Denied.REACH


def _may_find(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """Coaches, and people themselves, read the vacancies that are ranked for them."""
    if not reach.roles & {Role.COACH, Role.CANDIDATE, Role.REPRESENTATIVE}:
        return Denied.ROLE
    return None if vacancy.is_open else Denied.CLOSED


def is_loopback(address: str) -> bool:
    """Whether this is an IP address that only this machine can reach (127.0.0.0/8 or ::1); a name never is."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
