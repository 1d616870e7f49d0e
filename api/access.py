"""The commands on who may come in: `vonk account`, `vonk organisation`, `vonk token`; `api.cli` registers them."""

from typing import Annotated, Optional

import typer

from api.commands.kinds import OrganisationKinds
from matching.actors import Role, Scope

account = typer.Typer(help="cli.help.account", no_args_is_help=True, rich_markup_mode=None)
organisation = typer.Typer(help="cli.help.organisation", no_args_is_help=True, rich_markup_mode=None)
token = typer.Typer(help="cli.help.token", no_args_is_help=True, rich_markup_mode=None)

AccountName = Annotated[str, typer.Argument(metavar="ACCOUNT", help="cli.argument.account")]
AsJson = Annotated[bool, typer.Option("--json", help="cli.option.json")]
Roles = Annotated[Optional[list[Role]], typer.Option("--role", help="cli.option.role")]  # noqa: UP045 - typer reads it
Region = Annotated[Optional[str], typer.Option("--region", help="cli.option.role_region")]  # noqa: UP045
Organisation = Annotated[Optional[str], typer.Option("--organisation", help="cli.option.organisation")]  # noqa: UP045
Candidate = Annotated[Optional[str], typer.Option("--candidate", help="cli.option.candidate")]  # noqa: UP045
KnownAs = Annotated[Optional[str], typer.Option("--known-as", help="cli.option.known_as")]  # noqa: UP045


@account.callback()
def accounts() -> None:
    """The commands on accounts."""


@account.command("create", help="cli.help.account.create")
def create_account(
    email: Annotated[Optional[str], typer.Option("--email", help="cli.option.email")] = None,  # noqa: UP045
    name: Annotated[Optional[str], typer.Option("--name", help="cli.option.name")] = None,  # noqa: UP045
    phone: Annotated[Optional[str], typer.Option("--phone", help="cli.option.phone")] = None,  # noqa: UP045
    known_as: KnownAs = None,
    role: Roles = None,
    region: Region = None,
    organisation: Organisation = None,
    candidate: Candidate = None,
    password: Annotated[bool, typer.Option("--password", help="cli.option.password")] = False,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="cli.option.password_stdin")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an account with its roles."""
    from api.commands import accounts as work

    reach = work.AskedReach(role or [], region, organisation, candidate)
    person = work.AskedPerson(email, name, phone, known_as)
    work.create(person, reach, ask_password=password, read_password=password_stdin, as_json=as_json)


@account.command("list", help="cli.help.account.list")
def list_accounts(as_json: AsJson = False) -> None:
    """List the accounts."""
    from api.commands import accounts as work

    work.list_all(as_json)


@account.command("show", help="cli.help.account.show")
def show_account(account: AccountName, as_json: AsJson = False) -> None:
    """Show one account with its roles."""
    from api.commands import accounts as work

    work.show(account, as_json)


@account.command("disable", help="cli.help.account.disable")
def disable_account(account: AccountName) -> None:
    """Let an account in no more."""
    from api.commands import accounts as work

    work.disable(account)


@account.command("enable", help="cli.help.account.enable")
def enable_account(account: AccountName) -> None:
    """Let a closed account in again."""
    from api.commands import accounts as work

    work.enable(account)


@account.command("password", help="cli.help.account.password")
def set_password(
    account: AccountName,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="cli.option.password_stdin")] = False,
) -> None:
    """Give an account another password."""
    from api.commands import accounts as work

    work.set_password(account, read_password=password_stdin)


@account.command("reset-second-factor", help="cli.help.account.reset")
def reset_second_factor(account: AccountName) -> None:
    """Take away the second factor of who lost hers."""
    from api.commands import accounts as work

    work.reset_second_factor(account)


@account.command("grant", help="cli.help.account.grant")
def grant(
    account: AccountName,
    role: Roles = None,
    region: Region = None,
    organisation: Organisation = None,
    candidate: Candidate = None,
    until: Annotated[Optional[str], typer.Option("--until", help="cli.option.until")] = None,  # noqa: UP045
    as_json: AsJson = False,
) -> None:
    """Give an account a role."""
    from api.commands import accounts as work

    work.give(account, work.AskedReach(role or [], region, organisation, candidate), until=until, as_json=as_json)


@account.command("revoke", help="cli.help.account.revoke")
def revoke(
    account: AccountName,
    grant: Annotated[str, typer.Argument(metavar="GRANT", help="cli.argument.grant")],
) -> None:
    """Take a role back."""
    from api.commands import accounts as work

    work.take(account, grant)


@organisation.callback()
def organisations() -> None:
    """The commands on organisations."""


@organisation.command("create", help="cli.help.organisation.create")
def create_organisation(
    name: Annotated[str, typer.Argument(metavar="NAME", help="cli.argument.organisation")],
    of_kind: Annotated[OrganisationKinds, typer.Option("--kind", help="cli.option.kind")],
    region: Annotated[Optional[str], typer.Option("--region", help="cli.option.organisation_region")] = None,  # noqa: UP045
    as_json: AsJson = False,
) -> None:
    """Make an organisation."""
    from api.commands import organisations as work

    work.create(name, of_kind.value, region, as_json)


@organisation.command("list", help="cli.help.organisation.list")
def list_organisations(as_json: AsJson = False) -> None:
    """List the organisations."""
    from api.commands import organisations as work

    work.list_all(as_json)


@token.callback()
def tokens() -> None:
    """The commands on tokens."""


@token.command("create", help="cli.help.token.create")
def create_token(
    account: Annotated[Optional[str], typer.Argument(metavar="ACCOUNT", help="cli.argument.token_account")] = None,  # noqa: UP045
    name: Annotated[str, typer.Option("--name", help="cli.option.token_name")] = "vonk token create",
    scope: Annotated[Optional[list[Scope]], typer.Option("--scope", help="cli.option.scope")] = None,  # noqa: UP045
    days: Annotated[int, typer.Option("--days", help="cli.option.days")] = 90,
    role: Roles = None,
    region: Region = None,
    organisation: Organisation = None,
    candidate: Candidate = None,
    known_as: KnownAs = None,
    as_json: AsJson = False,
) -> None:
    """Make a token, of an account or of a new one with these roles."""
    from api.commands import tokens as work

    reach = work.AskedReach(role or [], region, organisation, candidate)
    work.create(account, reach, known_as, name=name, scopes=scope or list(Scope), days=days, as_json=as_json)


@token.command("list", help="cli.help.token.list")
def list_tokens(
    account: Annotated[Optional[str], typer.Argument(metavar="ACCOUNT", help="cli.argument.account")] = None,  # noqa: UP045
    as_json: AsJson = False,
) -> None:
    """List tokens, without their secrets."""
    from api.commands import tokens as work

    work.list_all(account, as_json)


@token.command("revoke", help="cli.help.token.revoke")
def revoke_token(token: Annotated[str, typer.Argument(metavar="TOKEN", help="cli.argument.token")]) -> None:
    """End a token at once."""
    from api.commands import tokens as work

    work.revoke(token)
