"""Who may do what: pure functions over who asks and what it is about; they answer None (yes) or the reason why not.

Denied by default: a route names exactly one of these, and a test fails for one that names none. What is denied does
not exist for who asks (404), but for the few reasons in TOLD, which are about a thing that she may see.
"""

import ipaddress
from collections.abc import Callable

from api.policy_parts import Denied, acts_for, any_of, coaches, is_her, manages, sees
from matching.actors import Role
from matching.facts import CandidateFacts, VacancyFacts
from matching.reach import Reach, within

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


def read_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Her profile without who she is."""
    return any_of(sees(reach, person), coaches(reach, person), manages(reach, person), is_her(reach, person))


def change_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Write in her profile, or erase her."""
    return any_of(acts_for(reach, person), coaches(reach, person), manages(reach, person), is_her(reach, person))


def know_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Her name and contact data, as one of the people around her; an employer's right is looked at apart."""
    return change_candidate(reach, person)


def show_card(reach: Reach, person: CandidateFacts) -> Denied | None:
    """The card that an employer would see."""
    return any_of(sees(reach, person), coaches(reach, person), is_her(reach, person))


def change_card(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Write her card, and say that she approved it."""
    return any_of(acts_for(reach, person), coaches(reach, person), is_her(reach, person))


def find_work(reach: Reach, person: CandidateFacts) -> Denied | None:
    """The vacancies that are ranked for her."""
    return any_of(sees(reach, person), coaches(reach, person), is_her(reach, person))


def coach_explained(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Why, or why not, a vacancy fits somebody of her caseload."""
    return coaches(reach, person)


def ask_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """What is worth asking her."""
    return any_of(sees(reach, person), coaches(reach, person))


def export_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """All that is stored of her, and who looked."""
    return any_of(acts_for(reach, person), is_her(reach, person))


def coach_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Contacts, pauses and placements: her coach, and who acts for her."""
    return any_of(coaches(reach, person), acts_for(reach, person))


def introduce_candidate(reach: Reach, person: CandidateFacts) -> Denied | None:
    """Bring her together with an employer: the responsible organisation, or one that it let do so, alone."""
    reached = any_of(acts_for(reach, person), coaches(reach, person))
    if reached is not None:
        return reached
    if person.responsible_id is None or {person.responsible_id, *person.mandated_ids} & reach.works_for:
        return None
    return Denied.NO_MANDATE


def read_vacancy(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """A vacancy: its employer, advisers who see the region; open ones also who is around a person."""
    return any_of(_owns(reach, vacancy), _sees_vacancy(reach, vacancy), _may_find(reach, vacancy))


def change_vacancy(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """Write a vacancy, or take it away."""
    return any_of(_owns(reach, vacancy), _acts_on(reach, vacancy))


def ask_of_vacancy(reach: Reach, vacancy: VacancyFacts) -> Denied | None:
    """How many could do it, and what would widen it; and the people, whom an employer sees as cards."""
    return any_of(_owns(reach, vacancy), _sees_vacancy(reach, vacancy))


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
