"""`vonk migrate` and `vonk reference import`: the tables, and reference sets from the files of their owners."""

from pathlib import Path

from api.commands.kinds import ReferenceKind
from api.commands.prepare import prepare
from api.commands.terminal import busy, print_json, say
from matching.clock import now
from matching.database import session_scope
from matching.exchange.crosswalk import import_crosswalk
from matching.exchange.esco import import_esco
from matching.exchange.geonames import import_postcodes
from matching.exchange.regions import import_regions
from matching.settings import Settings


def migrate() -> None:
    """Bring the database to the newest revision, with the reference set and the rule sets that are shipped."""
    settings = Settings()
    with busy("cli.busy.prepare"):
        prepare(settings, again=True)
    say("cli.migrated")


def import_reference(kind: ReferenceKind, path: Path, *, as_json: bool) -> None:
    """Take over an official set; the same again changes nothing."""
    settings = Settings()
    engine = prepare(settings)
    with busy("cli.busy.import", file=path.name), session_scope(engine) as session:
        match kind:
            case ReferenceKind.ESCO:
                report = import_esco(session, path, now=now(settings))
            case ReferenceKind.POSTCODES:
                report = import_postcodes(session, path)
            case ReferenceKind.REGIONS:
                report = import_regions(session, path)
            case ReferenceKind.CROSSWALK:
                report = import_crosswalk(session, path)
    if as_json:
        print_json({"changed": report.changed, "counts": dict(report.counts)})
        return
    say("cli.reference_changed" if report.changed else "cli.reference_same", file=path.name)
    for name, n in report.counts.items():
        say("cli.count", 2, name=name, n=n)
