"""What is fitted on a whole pool, once for an installation; `matching.keeper` calls it.

A fit stands in the database: every process believes the newest, whenever and from whichever version it started.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from matching.changes import note_change
from matching.pool import Fit, Segment
from matching.tables import metadata
from matching.tables.changes import ChangeKind
from matching.vocabulary import Vocabulary
from scoring.beliefs import MatchBeliefs, fit_match, fit_pool
from scoring.columns import Floats, Vacancy
from scoring.imputation import LevelModel
from scoring.likeness import match_values

FORMAT = "fit-1"  # another one for another kind of fit: what was kept before is then left alone, and all is fitted anew
GROWN = 2.0  # a fit is made again when there are so many times more, or fewer, people or vacancies than it was made on
SAMPLED_VACANCIES = 40
SAMPLED_PEOPLE = 1_500
_FITS = metadata.tables["pool_fits"]


@dataclass(frozen=True)
class StoredFit:
    """A fit with its number in the database and the numbers that it was made on."""

    number: int
    fit: Fit
    n_candidates: int
    n_vacancies: int

    def suits(self, n_candidates: int, n_vacancies: int) -> bool:
        """Whether a pool of this size may go on with it."""
        made = (self.n_candidates + 1, self.n_vacancies + 1)
        return all(
            1 / GROWN < now / then < GROWN for now, then in zip((n_candidates + 1, n_vacancies + 1), made, strict=True)
        )


def fit_to(segment: Segment, vacancies: Sequence[Vacancy], vocabulary: Vocabulary) -> Fit:
    """Fit on everybody in a segment, and on sampled pairs with some vacancies; deterministic."""
    wish, work, coverage = _sampled(segment, vacancies, vocabulary)
    fitted = fit_pool(segment.people, fit_match(wish, work, coverage))
    return Fit(fitted.model, fitted.match, fitted.mode_masks, fitted.mode_weights)


def sample_of(n: int, at_most: int) -> list[int]:
    """Evenly spaced numbers below n, ascending."""
    return np.unique(np.linspace(0, n - 1, at_most).astype(int)).tolist() if n else []


def _sampled(segment: Segment, vacancies: Sequence[Vacancy], vocabulary: Vocabulary) -> list[Floats]:
    rows = np.array(sample_of(len(segment), SAMPLED_PEOPLE), np.int64)
    people = segment.people.take(rows)
    matches = [
        match_values(people, vacancy, vocabulary.likeness(vacancy, segment.titles))
        for vacancy in vacancies
        if vacancy.tasks_stated and len(rows)
    ]
    if not matches:
        return [np.zeros(0)] * 3
    return [np.concatenate([getattr(one, name) for one in matches]) for name in ("wish", "work", "coverage")]


def newest_fit(session: Session, taxonomy_version: str) -> StoredFit | None:
    """The fit that holds for this version of the words, None where there is none yet."""
    query = sa.select(_FITS).where(_FITS.c.made_from == _made_from(taxonomy_version)).order_by(_FITS.c.id.desc())
    row = session.connection().execute(query.limit(1)).one_or_none()
    if row is None:
        return None
    return StoredFit(row.id, fit_from_json(row.fitted), row.n_candidates, row.n_vacancies)


def keep_fit(
    session: Session,
    fit: Fit,
    taxonomy_version: str,
    sizes: tuple[int, int],
    instead_of: StoredFit | None,
    now: datetime,
) -> StoredFit:
    """Keep a fit, unless another process kept a newer one than `instead_of` meanwhile: then that one holds.

    `sizes`: how many candidates and vacancies it was made on.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # two at once: the second waits, and takes that of the first
        connection.execute(sa.text("LOCK TABLE pool_fits IN SHARE ROW EXCLUSIVE MODE"))
    there = newest_fit(session, taxonomy_version)
    if there is not None and (instead_of is None or there.number != instead_of.number):
        return there
    values = {"made_from": _made_from(taxonomy_version), "fitted": fit_to_json(fit), "fitted_at": now}
    values |= {"n_candidates": sizes[0], "n_vacancies": sizes[1]}
    number = connection.execute(sa.insert(_FITS).values(**values).returning(_FITS.c.id)).scalar_one()
    note_change(session, ChangeKind.FIT)
    return StoredFit(number, fit, *sizes)


def _made_from(taxonomy_version: str) -> str:
    return f"{FORMAT} {taxonomy_version}"


def fit_to_json(fit: Fit) -> str:
    """A fit as JSON; every number comes back as it was."""
    model, match = fit.model, fit.match
    arrays = {
        "mean": model.mean,
        "loadings": model.loadings,
        "noise": model.noise,
        "coverage": match.coverage,
        "work": match.work,
        "wish": match.wish,
        "mode_masks": fit.mode_masks,
        "mode_weights": fit.mode_weights,
    }
    return json.dumps({name: array.tolist() for name, array in arrays.items()})


def fit_from_json(text: str) -> Fit:
    """The fit that `fit_to_json` wrote."""
    arrays = {name: np.array(values, np.float64) for name, values in json.loads(text).items()}
    return Fit(
        LevelModel(arrays["mean"], arrays["loadings"], arrays["noise"]),
        MatchBeliefs(arrays["coverage"], arrays["work"], arrays["wish"]),
        arrays["mode_masks"].astype(np.int8),
        arrays["mode_weights"],
    )
