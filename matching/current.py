"""The ranker of what a keeper holds at this moment, whole or among some people; for the ways in."""

import multiprocessing
from collections.abc import Callable, Collection, Hashable
from multiprocessing.process import BaseProcess
from threading import Lock
from typing import TypeVar

from matching.database import create_engine
from matching.keeper import Keeper, open_keeper
from matching.pool_building import Held
from matching.profiles import VacancyProfile
from matching.ranking import NOTHING_OVERRULED, Overruled, Ranker
from matching.reach import Regions, neighbours_of
from matching.settings import Settings
from scoring.compiling import FEW, never, not_compiled
from scoring.model import Model, load_prior

T = TypeVar("T")
_SPAWN = multiprocessing.get_context("spawn")
NEIGHBOUR_KM = "region.neighbour_km"  # a rule
KEPT = 48  # rankers of some people: one a region, and some more

_ANY = VacancyProfile(title="schoonmaker")  # to rank by where nobody has posted a vacancy yet


def held_ranker(held: Held, model: Model | None = None, waits: Callable[[], bool] = never) -> Ranker:
    """A ranker of what is held; a small pool is ranked by the reference as long as it `waits` for the compiler."""
    return Ranker(held.pool, model or load_prior(), held.rules, held.today, waits)


class CurrentRanker:
    """Gives the same ranker until something changed, then another."""

    def __init__(self, keeper: Keeper, waits: Callable[[], bool] = not_compiled) -> None:
        self._keeper = keeper
        self._waits = waits
        self._model = load_prior()
        self._making = Lock()
        self._made: tuple[Held, Ranker] | None = None
        self._by_what: dict[Hashable, object] = {}  # what was made from what is held now
        self._near: tuple[tuple[int, float], dict[str, Regions]] | None = None  # of these places, so many km
        self._compiler: BaseProcess | None = None

    @property
    def held(self) -> Held:
        """What the keeper holds now."""
        return self._keeper.held

    def neighbours(self) -> dict[str, Regions]:
        """The regions that an adviser of a region sees beside her own."""
        held = self._keeper.held
        on = (id(held.pool.places), held.rules.number(NEIGHBOUR_KM, held.today))
        if self._near is None or self._near[0] != on:
            self._near = on, neighbours_of(held.pool.places, on[1])
        return self._near[1]

    def within(self, regions: Regions | None) -> Ranker:
        """A ranker of the people of some regions, and of whom no region is known; None: of everybody."""
        if regions is None:
            return self.get()
        return self._made_from(regions, lambda held, whole: whole.over(held.pool.within(regions)))

    def among(self, name: str, ids: Callable[[], Collection[str]]) -> Ranker:
        """A ranker of some people alone, whose ids are asked again when something changed; the name tells of whom."""
        return self._made_from(("among", name), lambda held, whole: whole.over(held.pool.among(ids())))

    def _made_from(self, what: Hashable, make: Callable[[Held, Ranker], T]) -> T:
        """What was made of what is held now, made where it was not."""
        self.get()  # what is held may be new
        with self._making:
            assert self._made is not None  # noqa: S101 - `get` made it
            if what not in self._by_what:
                if len(self._by_what) >= KEPT:
                    self._by_what.clear()
                self._by_what[what] = make(*self._made)
            return self._by_what[what]  # type: ignore[return-value]

    def compile_beside(self, settings: Settings) -> None:
        """Have the kernel compiled by a process of its own, where it is not yet and the pool can do without.

        Elsewhere `warm_up` waits for it.
        """
        if len(self.get().pool) <= FEW and not_compiled():
            self._compiler = _SPAWN.Process(target=_compile_apart, args=(settings,), daemon=True)
            self._compiler.start()

    def close(self) -> None:
        """End what was begun beside."""
        if self._compiler is not None and self._compiler.is_alive():
            self._compiler.terminate()

    def warm_up(self) -> None:
        """Rank once, so that who asks first waits neither for packing nor, in a large pool, for the compiler.

        Nor for the regions that are near each other, which every request asks for.
        """
        self.neighbours()
        ranker, vacancies = self.get(), self._keeper.held.vacancies
        anybody = next((one.people.ids[0] for one in ranker.pool.segments if len(one)), None)
        overruled = NOTHING_OVERRULED if anybody is None else Overruled({anybody: -1}, frozenset())
        ranker.rank_ready(vacancies[0] if len(vacancies) else ranker.ready("", _ANY), 1, overruled)

    def get(self) -> Ranker:
        """A ranker of what the keeper holds now."""
        held, made = self._keeper.held, self._made
        if made is not None and made[0] is held:
            return made[1]
        with self._making:
            if self._made is None or self._made[0] is not held:
                self._made = (held, held_ranker(held, self._model, self._waits))
                self._by_what = {}
            return self._made[1]


def _compile_apart(settings: Settings) -> None:
    """Rank once with the kernel in a process of its own; what is compiled is kept for all processes."""
    engine = create_engine(settings)
    with open_keeper(engine, settings, follow=False) as keeper:
        CurrentRanker(keeper, never).warm_up()
    engine.dispose()
