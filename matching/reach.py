"""How far an account reaches: the regions, organisations and people of its grants; for policies and for lists.

An adviser acts in her own region and sees its neighbours too, since people travel across borders of regions. `None`
for a set of regions is the whole country; an empty set is nowhere.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from matching.actors import Actor, Grant, Role
from scoring.taxonomy import PlaceTable
from scoring.travel import EARTH_RADIUS_KM

Regions = frozenset[str]


@dataclass(frozen=True)
class Reach:
    """An account, and what its grants come to."""

    actor: Actor
    roles: frozenset[Role]
    acts_in: Regions | None  # as adviser
    sees: Regions | None  # as adviser: neighbours too
    figures_of: Regions | None  # as coordinator
    organisations: frozenset[str]  # as employer
    works_for: frozenset[str]  # as adviser: the organisations that may be responsible for a person
    people: frozenset[str]  # as candidate or representative
    herself: frozenset[str]  # as candidate
    names: frozenset[str]  # by which a profile names her as coach or caseworker


def as_employer(reach: Reach, organisations: Collection[str | None]) -> Grant | None:
    """By which grant somebody acts for one of these employers; None where she does not."""
    return next((one for one in reach.actor.granted(Role.EMPLOYER) if one.organisation_id in organisations), None)


def reach_of(actor: Actor, neighbours: Mapping[str, Regions]) -> Reach:
    """What the grants of an account come to; `neighbours` as `neighbours_of` gives them."""
    acts_in = _regions(actor, Role.ADVISER)
    sees = None if acts_in is None else acts_in.union(*(neighbours.get(one, frozenset()) for one in acts_in))

    def named(field: str, *roles: Role) -> frozenset[str]:
        return frozenset(value for one in actor.granted(*roles) if (value := getattr(one, field)))

    return Reach(
        actor=actor,
        roles=frozenset(grant.role for grant in actor.grants),
        acts_in=acts_in,
        sees=sees,
        figures_of=_regions(actor, Role.COORDINATOR),
        organisations=named("organisation_id", Role.EMPLOYER),
        works_for=named("organisation_id", Role.ADVISER, Role.CASEWORKER, Role.COACH),
        people=named("candidate_id", Role.CANDIDATE, Role.REPRESENTATIVE),
        herself=named("candidate_id", Role.CANDIDATE),
        names=frozenset(name for name in (actor.account_id, actor.known_as) if name),
    )


def _regions(actor: Actor, role: Role) -> Regions | None:
    """The regions of her grants of a role; None where one of them is for the whole country."""
    found = [grant.region for grant in actor.granted(role)]
    return None if None in found else frozenset(region for region in found if region)


def within(regions: Regions | None, region: str | None) -> bool:
    """Whether a region is one of these; what has no known region is in every one, so that nobody is lost."""
    if regions is None:
        return True
    return bool(regions) if region is None else region in regions


def neighbours_of(places: PlaceTable, most_km: float) -> dict[str, Regions]:
    """For each region those of which some postcode lies within so many kilometres (straight) of one of its own."""
    north, east = np.radians(places.latitude), np.radians(places.longitude)
    around = np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    chord = 2 * np.sin(most_km / EARTH_RADIUS_KM / 2)
    pairs = places.region[cKDTree(around).query_pairs(chord, output_type="ndarray")]
    near: dict[str, set[str]] = {code: set() for code in places.region_codes}
    for one, other in np.unique(pairs[(pairs >= 0).all(axis=1)], axis=0).tolist():
        if one != other:
            near[places.region_codes[one]].add(places.region_codes[other])
            near[places.region_codes[other]].add(places.region_codes[one])
    return {code: frozenset(others) for code, others in near.items()}
