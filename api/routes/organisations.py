"""`/v1/organisations` and `/v1/mandates`: to whom accounts and people belong, and who may introduce whom."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from api.dependencies import MomentDep, Needs, ReachDep, SessionDep
from api.http.etags import IfMatchDep, answer_with_version
from api.http.idempotency import ONCE
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import only
from api.schemas.accounts import (
    MandateBody,
    MandatesBody,
    NewMandate,
    NewOrganisation,
    OrganisationBody,
    OrganisationChanges,
    OrganisationsBody,
    mandate_body,
    organisation_body,
)
from matching.actors import Role
from matching.organising import (
    Mandate,
    Organisation,
    change_organisation,
    create_organisation,
    end_mandate,
    give_mandate,
    list_mandates,
    list_organisations,
    load_organisation,
    organisation_version,
)
from matching.tables.base import ID_LENGTH
from matching.tables.organisations import OrganisationKind

router = api_router()
KEEPS = [Depends(Needs(only(Role.ADMINISTRATOR)))]
READS = [Depends(Needs(only(Role.ADMINISTRATOR, Role.AUDITOR)))]
_ID = {"pattern": "^[a-z0-9_]+$", "max_length": ID_LENGTH}
OrganisationId = Annotated[str, Path(alias="organisationId", **_ID)]
MandateId = Annotated[str, Path(alias="mandateId", pattern="^[a-z0-9_-]+$", max_length=2 * ID_LENGTH + 14)]


@router.post(
    "/organisations",
    dependencies=[*KEEPS, ONCE],
    status_code=201,
    tags=["organisations"],
    operation_id="createOrganisation",
)
def make_organisation(
    body: NewOrganisation, session: SessionDep, reach: ReachDep, moment: MomentDep, response: Response
) -> OrganisationBody:
    """Make an organisation."""
    identifier = create_organisation(
        session, kind=body.kind, name=body.name, region=body.region, now=moment, by=reach.actor
    )
    response.headers["Location"] = f"/v1/organisations/{identifier}"
    return organisation_body(load_organisation(session, identifier))


@router.get("/organisations", dependencies=READS, tags=["organisations"], operation_id="listOrganisations")
def get_organisations(
    session: SessionDep,
    paging: PagingDep,
    kind: Annotated[OrganisationKind | None, Query(description="Of this kind.")] = None,
    region: Annotated[str | None, Query(description="In this region.", pattern="^[A-Z0-9]{1,4}$", max_length=4)] = None,
) -> OrganisationsBody:
    """Organisations, by id."""
    after = str(paging.after[0]) if paging.after else None
    found = list_organisations(session, limit=paging.limit + 1, after=after, kind=kind, region=region)
    rows, following = paging.page(found, lambda one: (one.id,))
    return OrganisationsBody(items=[organisation_body(one) for one in rows], next=following)


@router.get(
    "/organisations/{organisationId}", dependencies=READS, tags=["organisations"], operation_id="getOrganisation"
)
def get_organisation(
    organisation_id: OrganisationId, request: Request, response: Response, session: SessionDep
) -> OrganisationBody:
    """One organisation."""
    return _body(request, response, load_organisation(session, organisation_id))


def _body(request: Request, response: Response, found: Organisation) -> OrganisationBody:
    answer_with_version(request, response, found.version)
    return organisation_body(found)


@router.patch(
    "/organisations/{organisationId}", dependencies=KEEPS, tags=["organisations"], operation_id="changeOrganisation"
)
def change(
    organisation_id: OrganisationId,
    body: OrganisationChanges,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    if_match: IfMatchDep,
) -> OrganisationBody:
    """Change an organisation; a region that is null is taken away."""
    if_match.require(organisation_version(session, organisation_id))
    given = body.model_dump(exclude_unset=True, mode="json")
    changes = {name: value for name, value in given.items() if value is not None or name == "region"}
    changed = change_organisation(session, organisation_id, changes, now=moment, by=reach.actor)
    return _body(request, response, changed)


@router.post("/mandates", dependencies=[*KEEPS, ONCE], status_code=201, tags=["mandates"], operation_id="createMandate")
def make_mandate(body: NewMandate, session: SessionDep, reach: ReachDep, moment: MomentDep) -> MandateBody:
    """Let an organisation introduce a candidate, for a purpose, until and on a day."""
    given = Mandate(body.candidate_id, body.organisation_id, body.purpose, body.ends_on)
    give_mandate(session, given, now=moment, by=reach.actor)
    return mandate_body(given)


@router.get("/mandates", dependencies=READS, tags=["mandates"], operation_id="listMandates")
def get_mandates(
    session: SessionDep,
    paging: PagingDep,
    candidate_id: Annotated[str | None, Query(alias="candidateId", **_ID)] = None,
    organisation_id: Annotated[str | None, Query(alias="organisationId", **_ID)] = None,
) -> MandatesBody:
    """Mandates, also those that are over."""
    after = (str(paging.after[0]), str(paging.after[1]), str(paging.after[2])) if paging.after else None
    found = list_mandates(
        session, limit=paging.limit + 1, after=after, candidate_id=candidate_id, organisation_id=organisation_id
    )
    rows, following = paging.page(found, lambda one: (one.candidate_id, one.organisation_id, one.purpose))
    return MandatesBody(items=[mandate_body(one) for one in rows], next=following)


@router.delete(
    "/mandates/{mandateId}", dependencies=KEEPS, status_code=204, tags=["mandates"], operation_id="deleteMandate"
)
def delete_mandate(mandate_id: MandateId, session: SessionDep, reach: ReachDep, moment: MomentDep) -> None:
    """End a mandate at once."""
    end_mandate(session, mandate_id, now=moment, by=reach.actor)
