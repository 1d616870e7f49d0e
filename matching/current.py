"""The ranker of what a keeper holds at this moment; for the ways in."""

from threading import Lock

from matching.keeper import Keeper
from matching.pool_building import Held
from matching.profiles import VacancyProfile
from matching.ranking import Ranker
from scoring.model import Model, load_prior

_ANY = VacancyProfile(title="schoonmaker")  # to rank by where nobody has posted a vacancy yet


def held_ranker(held: Held, model: Model | None = None) -> Ranker:
    """A ranker of what is held."""
    return Ranker(held.pool, model or load_prior(), held.rules, held.today)


class CurrentRanker:
    """Gives the same ranker until something changed, then another."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._model = load_prior()
        self._making = Lock()
        self._made: tuple[Held, Ranker] | None = None

    def warm_up(self) -> None:
        """Rank once, so that who asks first waits neither for packing nor, new on a machine, for the compiler."""
        ranker, vacancies = self.get(), self._keeper.held.vacancies
        ranker.rank_ready(vacancies[0] if len(vacancies) else ranker.ready("", _ANY), 1)

    def get(self) -> Ranker:
        """A ranker of what the keeper holds now."""
        held, made = self._keeper.held, self._made
        if made is not None and made[0] is held:
            return made[1]
        with self._making:
            if self._made is None or self._made[0] is not held:
                self._made = (held, held_ranker(held, self._model))
            return self._made[1]
