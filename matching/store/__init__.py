"""Profiles in and out of the tables; for imports, exports and the ways in. The caller's transaction decides."""

from matching.store.candidates import (
    candidate_version,
    change_candidate,
    delete_candidate,
    existing,
    load_candidate,
    load_candidates,
    save_candidates,
)
from matching.store.identities import Identity, get_identity, put_identity, reseal_identities
from matching.store.restricted import RestrictedFacts, restricted_facts
from matching.store.saving import SaveReport
from matching.store.vacancies import (
    change_vacancy,
    delete_vacancy,
    hand_over,
    load_vacancies,
    load_vacancy,
    refuse_known_vacancy,
    save_vacancies,
    take_away,
    vacancy_version,
)

__all__ = [
    "Identity",
    "RestrictedFacts",
    "SaveReport",
    "candidate_version",
    "change_candidate",
    "change_vacancy",
    "delete_candidate",
    "delete_vacancy",
    "existing",
    "get_identity",
    "hand_over",
    "load_candidate",
    "load_candidates",
    "load_vacancies",
    "load_vacancy",
    "put_identity",
    "refuse_known_vacancy",
    "reseal_identities",
    "restricted_facts",
    "save_candidates",
    "save_vacancies",
    "take_away",
    "vacancy_version",
]
