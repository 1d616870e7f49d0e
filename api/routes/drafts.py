"""`/v1/vacancy-drafts`, `/v1/candidate-drafts`: a pasted text or a file becomes a draft; nothing is stored."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from api.dependencies import MomentDep, Needs, ServiceDep, SessionDep, reads
from api.http.bodies import JSON, MULTIPART, require_media_type
from api.http.kinds import bad_input
from api.http.routing import api_router
from api.policies import only
from api.schemas.drafts import DraftBody, DraftText
from matching.actors import Role, Scope
from matching.clock import date_of
from matching.reading import open_places, read_candidate, read_vacancy
from matching.reading.apart import text_of_upload
from matching.reading.sources import tidy

router = api_router(tags=["drafts"])
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": DraftText.model_json_schema()},
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "contentMediaType": "application/octet-stream",
                            "maxLength": 10_485_760,
                            "description": "A text, PDF or DOCX.",
                        }
                    },
                }
            },
        },
    }
}


async def sent(request: Request) -> str | tuple[bytes, str]:
    """What was sent: a text, or the bytes and the name of a file. Raises RequestValidationError or HttpProblem."""
    require_media_type(request.headers, (JSON, MULTIPART))
    if request.headers.get("content-type", "").strip().lower().startswith(MULTIPART):
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise bad_input("file", "missing")
            return await file.read(), file.filename or ""
    try:
        return DraftText.model_validate(await request.json()).text
    except ValidationError as error:
        problems = [one | {"loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(problems) from None


SentDep = Annotated[str | tuple[bytes, str], Depends(sent)]


@router.post(
    "/vacancy-drafts",
    dependencies=[Depends(Needs(only(Role.EMPLOYER, Role.ADVISER), Scope.READ))],
    response_model=DraftBody,
    operation_id="draftVacancy",
    openapi_extra=_BODY,
)
@reads
def draft_vacancy(given: SentDep, service: ServiceDep, session: SessionDep, moment: MomentDep) -> dict[str, Any]:
    """A vacancy text becomes a proposed vacancy, each part with the words it came from."""
    vocabulary = service.keeper.held.pool.vocabulary
    return read_vacancy(_text(given), vocabulary, open_places(session), today=date_of(moment)).as_json()


@router.post(
    "/candidate-drafts",
    dependencies=[Depends(Needs(only(Role.ADVISER, Role.COACH), Scope.READ))],
    response_model=DraftBody,
    operation_id="draftCandidate",
    openapi_extra=_BODY,
)
@reads
def draft_candidate(given: SentDep, service: ServiceDep, session: SessionDep, moment: MomentDep) -> dict[str, Any]:
    """A CV or an intake becomes a proposed profile. Names, contact data and what may not be asked are left out."""
    vocabulary = service.keeper.held.pool.vocabulary
    return read_candidate(_text(given), vocabulary, open_places(session), today=date_of(moment)).as_json()


def _text(given: str | tuple[bytes, str]) -> str:
    return tidy(given) if isinstance(given, str) else text_of_upload(*given)
