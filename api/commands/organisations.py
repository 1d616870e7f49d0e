"""`vonk organisation ...`: the organisations that accounts, people and vacancies belong to."""

from api.commands.accounts import writing
from api.commands.terminal import out, print_json, say, words
from matching.organising import create_organisation, list_organisations
from matching.tables.organisations import OrganisationKind


def create(name: str, kind: str, region: str | None, as_json: bool) -> None:
    """Make an organisation, and print its id."""
    with writing() as (session, moment):
        identifier = create_organisation(session, kind=OrganisationKind(kind), name=name, region=region, now=moment)
    if as_json:
        print_json({"id": identifier})
    else:
        say("organisation.made", id=identifier)


def list_all(as_json: bool) -> None:
    """Print every organisation on a line."""
    with writing() as (session, _):
        found = list_organisations(session)
    if as_json:
        from api.schemas.accounts import organisation_body

        print_json({"items": [organisation_body(one).json_values() for one in found]})
        return
    if not found:
        say("organisation.none")
    for one in found:
        out(
            f"{one.id}  {one.name} ({words(f'organisation.{one.kind}')}{', ' + one.region if one.region else ''})", 0, 2
        )
