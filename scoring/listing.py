"""The list of one vacancy over all pieces of a pool, with its reserved places; `matching` asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.columns import Bools, Floats, Ints
from scoring.packed import PackedPool, Posed
from scoring.reference import (
    LIST_LENGTH,
    RESERVED_SHARE,
    hashes,
    plain_order,
    tenth_score,
    top_ten_chance,
    with_reserved,
)


@dataclass(frozen=True)
class Asking:
    """One vacancy asked of one pool."""

    pool: PackedPool
    query: Posed
    extra: Ints  # rows that count although the walk passes over them


def ranked(askings: Sequence[Asking], limit: int) -> tuple[Ints, Floats, Bools]:
    """The first `limit` of all pools with the reserved places: the pool of each, what `PackedPool.told` has of her (her
    row there comes first), whether reserved."""
    k = limit + LIST_LENGTH + 2  # what is placed moves on by reserved places, and is passed over as shown anyway
    found = []
    for one in askings:
        _, _, noted, _ = one.pool.walk(one.query, k, RESERVED_SHARE)
        found.append(np.concatenate([noted, one.pool.told(one.query, one.extra)]) if len(one.extra) else noted)
    told = np.concatenate(found)
    pools = np.repeat(np.arange(len(found)), [len(one) for one in found])
    ties = np.concatenate(
        [
            hashes(one.pool.people.key[mine[:, 0].astype(np.int64)], one.query.query.seed)
            for one, mine in zip(askings, found, strict=True)
        ]
    )
    order = plain_order(told[:, 1], ties)
    chance = top_ten_chance(told[:, 1], told[:, 2], told[:, 3], tenth_score(told[:, 1], order))
    placed, reserved = with_reserved(order, chance, ties, askings[0].pool.model.reserved_floor, limit)
    return pools[placed], told[placed], reserved
