"""The commands that keep what is stored: `vonk audit`, `keys`, `backup`, `restore`, `retain`; for `api.cli`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.terminal import busy, complain, print_json, progressing, say, words

audit = typer.Typer(help="cli.help.audit", no_args_is_help=True, rich_markup_mode=None)
keys = typer.Typer(help="cli.help.keys", no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="cli.option.json")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="cli.argument.backup")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `vonk`."""
    app.add_typer(audit, name="audit")
    app.add_typer(keys, name="keys")
    app.command("backup", help="cli.help.backup")(backup)
    app.command("restore", help="cli.help.restore")(restore)
    app.command("retain", help="cli.help.retain")(retain)


@audit.callback()
def auditing() -> None:
    """The commands on the record."""


@audit.command("verify", help="cli.help.audit.verify")
def verify(as_json: AsJson = False) -> int:
    """Whether the record is what was sealed; exit status 1 where it is not."""
    from matching.database import session_scope
    from matching.record import verify as check
    from matching.record.anchor import anchor_file
    from matching.settings import Settings

    settings = Settings()
    engine = _as_it_is(settings)
    with busy("cli.busy.audit"), session_scope(engine, read_only=True) as session:
        found = check(session, anchor_file(settings))
    if as_json:
        print_json(_verified_body(found))
    else:
        _show_verified(found)
    return 0 if found.sound else 1


@audit.command("anchor", help="cli.help.audit.anchor")
def anchor() -> None:
    """Begin the anchor again from where the record stands now."""
    from api.commands.prepare import prepare
    from matching.clock import now
    from matching.database import session_scope
    from matching.record import begin_anchor
    from matching.record.anchor import anchor_file
    from matching.settings import Settings

    settings = Settings()
    engine = prepare(settings)
    with session_scope(engine) as session:
        begin_anchor(session, anchor_file(settings), "moved", now=now(settings))
    say("audit.anchor_begun", file=str(anchor_file(settings)))


@keys.callback()
def keeping_keys() -> None:
    """The commands on keys."""


@keys.command("rotate", help="cli.help.keys.rotate")
def rotate(as_json: AsJson = False) -> None:
    """Wrap all keys of persons under the secret in force."""
    from api.commands.prepare import prepare
    from matching.clock import now
    from matching.database import session_scope
    from matching.record import RecordKind, record
    from matching.second_factors import reseal_app_secrets
    from matching.settings import Settings
    from matching.store import reseal_identities
    from matching.vault import n_keys
    from matching.vault import rotate as work

    settings = Settings()
    engine = prepare(settings)
    with progressing("cli.busy.keys", n_keys(settings)) as progress:
        done = work(settings, progress)
    n_resealed = 0
    while True:
        with session_scope(engine) as session:
            n = reseal_identities(session, settings, 500)
        n_resealed += n
        if not n:
            break
    with session_scope(engine) as session:
        n_factors = reseal_app_secrets(session, settings)
        body: dict[str, Any] = {
            "keys": done.n_keys,
            "wrapped": done.n_wrapped,
            "resealed": n_resealed,
            "factors": n_factors,
        }
        record(session, None, RecordKind.KEYS_ROTATED, now=now(settings), details=body)
    print_json(body) if as_json else say("keys.rotated", **body)


def backup(file: File, as_json: AsJson = False) -> None:
    """Save the whole database in one file."""
    from matching.backup import save_backup
    from matching.clock import now
    from matching.settings import Settings
    from matching.tables import metadata

    settings = Settings()
    engine = _as_it_is(settings)
    with progressing("cli.busy.backup", len(metadata.tables)) as progress:
        saved = save_backup(engine, file, now=now(settings), progress=progress)
    body: dict[str, Any] = {
        "file": str(file),
        "rows": saved.n_rows,
        "tables": saved.n_tables,
        "revision": saved.revision,
    }
    print_json(body) if as_json else say("backup.saved", **body)


def restore(file: File, as_json: AsJson = False) -> None:
    """Fill an empty database from a backup."""
    from matching.backup import restore_backup
    from matching.clock import now
    from matching.database import create_engine
    from matching.settings import Settings
    from matching.tables import metadata

    settings = Settings()
    engine = create_engine(settings)
    with progressing("cli.busy.restore", len(metadata.tables)) as progress:
        done = restore_backup(engine, settings, file, now=now(settings), progress=progress)
    body: dict[str, Any] = {
        "madeAt": done.made_at.isoformat(),
        "rows": done.n_rows,
        "tables": done.n_tables,
        "revision": done.revision,
        "erasedAgain": done.n_erased_again,
        "withoutKey": done.n_without_key,
    }
    if as_json:
        print_json(body)
        return
    say("backup.restored", rows=done.n_rows, tables=done.n_tables, at=done.made_at)
    say("backup.erased_again", n=done.n_erased_again)
    if done.n_without_key:
        say("backup.without_key", n=done.n_without_key)


def retain(as_json: AsJson = False) -> None:
    """Erase what is due; a server does the same once a day."""
    from api.commands.prepare import prepare
    from matching.clock import now
    from matching.database import session_scope
    from matching.retention import retain as work
    from matching.settings import Settings

    settings = Settings()
    engine = prepare(settings)
    with busy("cli.busy.retain"), session_scope(engine) as session:
        done = work(session, settings, now=now(settings))
    body: dict[str, Any] = {
        "entries": done.n_entries,
        "batches": done.n_batches,
        "introductions": done.n_introductions,
        "keys": done.n_keys,
        "unconfirmed": done.n_unconfirmed,
    }
    print_json(body) if as_json else say("retain.done", **body)


def _as_it_is(settings: Any) -> Any:
    """The database, without changing anything in it. Raises Conflict (`database.revision`) where it is another one."""
    from matching.database import MAIN, create_engine, revision_of
    from matching.errors import Conflict

    engine = create_engine(settings)
    found = revision_of(engine)
    if found != MAIN.newest:
        raise Conflict("database.revision", "database", found=found or "", needed=MAIN.newest)
    return engine


def _verified_body(found: Any) -> dict[str, Any]:
    return {
        "sound": found.sound,
        "batches": found.n_batches,
        "entries": found.n_entries,
        "unsealed": found.n_unsealed,
        "expiredThrough": found.expired_through,
        "expiredEntries": found.n_dropped,
        "anchoredFrom": found.anchored_from,
        "anchoredTo": found.anchored_to,
        "begun": [{"number": one.number, "at": one.at.isoformat(), "why": one.begins} for one in found.begun],
        "findingCount": found.n_findings,
        "findings": [
            {
                "code": one.code,
                "batch": one.batch,
                "values": {
                    name: getattr(value, "isoformat", lambda value=value: value)() for name, value in one.values.items()
                },
                "text": _finding(one),
            }
            for one in found.findings
        ],
    }


def _finding(one: Any) -> str:
    return words(f"audit.finding.{one.code}", batch=one.batch, **one.values)


def _show_verified(found: Any) -> None:
    say("audit.sound" if found.sound else "audit.broken", n=found.n_findings)
    say("audit.counts", entries=found.n_entries, batches=found.n_batches, unsealed=found.n_unsealed)
    if found.expired_through:
        say("audit.expired", entries=found.n_dropped, through=found.expired_through)
    if found.anchored_to is not None:
        say("audit.anchored", first=found.anchored_from or 0, last=found.anchored_to)
    for one in found.begun:
        say("audit.begun", at=one.at, number=one.number)
    for one in found.findings:
        complain(f"- {_finding(one)}")
    if found.n_findings > len(found.findings):
        complain(words("error.more", n=found.n_findings - len(found.findings)))
