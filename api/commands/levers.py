"""`vonk levers`: what a vacancy could ask less, and how many people and lasting placements that would gain."""

from typing import Any

from api.commands.lookup import vacancy_id
from api.commands.prepare import prepare
from api.commands.show import vacancy_name
from api.commands.terminal import LANGUAGE, busy, out, print_json, say, title, words
from api.schemas.asked import lever_text
from matching.current import held_ranker
from matching.database import session_scope
from matching.keeper import open_keeper
from matching.levers import Lever, VacancyLevers, levers_of
from matching.ranking import overruled_for
from matching.settings import Settings
from matching.store import load_vacancy
from scoring.compiling import not_compiled

SHOWN = 12  # single levers on a terminal; `--json` gives all


def levers(
    vacancy: str,
    as_json: bool = False,
) -> None:
    """Print the levers of a vacancy with exact counts, for an adviser."""
    settings = Settings()
    engine = prepare(settings)
    with busy("cli.busy.rank"), session_scope(engine, read_only=True) as session:
        identifier = vacancy_id(session, vacancy)
        profile, overruled = load_vacancy(session, identifier), overruled_for(session, identifier)
        with open_keeper(engine, settings, follow=False) as keeper:
            held = keeper.catch_up()
        ranker = held_ranker(held, waits=not_compiled)
        found = levers_of(ranker, ranker.ready(identifier, profile), profile.positions, overruled)
    if as_json:
        print_json(_body(found))
        return
    title(words("lever.title", name=vacancy_name(profile)))
    placements = round(found.placements, 2)
    say("lever.now", eligible=found.eligible, placements=placements, positions=found.positions)
    if not found.singles:
        say("lever.none")
    for one in found.singles[:SHOWN]:
        _show(one)
    if found.pairs:
        out()
        say("lever.pairs")
        for one in found.pairs:
            _show(one)


def _show(lever: Lever) -> None:
    placements = round(lever.placements_gained, 2)
    code = "lever.gain" if placements else "lever.gain_people"
    out(f"- {words(code, step=lever_text(lever, LANGUAGE.get()), n=lever.people_gained, placements=placements)}", 2, 2)


def _body(found: VacancyLevers) -> dict[str, Any]:
    def items(levers: tuple[Lever, ...]) -> list[dict[str, Any]]:
        return [
            {
                "steps": [{"code": step.code, "values": dict(step.values)} for step in one.steps],
                "peopleGained": one.people_gained,
                "placementsGained": one.placements_gained,
                "text": lever_text(one, LANGUAGE.get()),
            }
            for one in levers
        ]

    return {
        "vacancyId": found.vacancy_id,
        "positions": found.positions,
        "eligible": found.eligible,
        "expectedPlacements": found.placements,
        "levers": items(found.singles),
        "pairs": items(found.pairs),
    }
