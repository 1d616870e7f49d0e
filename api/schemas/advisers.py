"""Shortlists and saved searches as bodies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from api.schemas.profiles import Id, Version
from api.schemas.ranking import Body
from matching.profiles import Day, Education, Level, RegionCode, ShortText, WeekHours, Words, YesNo
from scoring.terms import Certificate, Licence, Sector, TravelMode

_Note = Annotated[Words, Field(min_length=1, max_length=1_000, description="Written so that she may read it.")]
MOST_PEOPLE = 200


class ListedBody(Body):
    """Somebody on a shortlist."""

    candidate_id: Id
    note: _Note | None = None


class ShortlistContent(Body):
    """A shortlist to make; `people` in its order."""

    title: ShortText
    vacancy_id: Id | None = None
    shared: YesNo = False
    people: Annotated[list[ListedBody], Field(max_length=MOST_PEOPLE)] = Field(default_factory=list)


class ShortlistBody(ShortlistContent):
    """A shortlist; `mine`: whether it is one's own, which one may change."""

    id: Id
    mine: bool
    created_at: datetime
    updated_at: datetime
    version: Version


class ShortlistsBody(Body):
    """A page of shortlists."""

    items: Annotated[list[ShortlistBody], Field(max_length=200)]
    next: Annotated[str, Field(max_length=8_192)] | None


class SearchFilters(Body):
    """The filters of a search, by the names that the list of candidates has."""

    region: Annotated[list[RegionCode], Field(max_length=35)] = Field(default_factory=list)
    hours_min: WeekHours | None = None
    hours_max: WeekHours | None = None
    education_min: Education | None = None
    dutch_min: Level | None = None
    licence: Annotated[list[Licence], Field(max_length=20)] = Field(default_factory=list)
    certificate: Annotated[list[Certificate], Field(max_length=20)] = Field(default_factory=list)
    travel_mode: Annotated[list[TravelMode], Field(max_length=5)] = Field(default_factory=list)
    sector: Annotated[list[Sector], Field(max_length=30)] = Field(default_factory=list)
    available_by: Day | None = None
    known_only: YesNo = False


class SavedSearchContent(Body):
    """A search to keep; `alerts`: tell of new strong matches."""

    title: ShortText
    text: ShortText | None = None
    filters: SearchFilters = Field(default_factory=SearchFilters)
    shared: YesNo = False
    alerts: YesNo = False

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.text is None and not self.filters.model_fields_set:
            raise ValueError("text or filters are needed")
        return self


class SavedSearchBody(SavedSearchContent):
    """A saved search; `mine`: whether it is one's own, which one may change."""

    id: Id
    mine: bool
    created_at: datetime
    updated_at: datetime
    version: Version


class SavedSearchesBody(Body):
    """A page of saved searches."""

    items: Annotated[list[SavedSearchBody], Field(max_length=200)]
    next: Annotated[str, Field(max_length=8_192)] | None


def shortlist_body(row: Mapping[str, Any], account_id: str) -> ShortlistBody:
    """The body of a shortlist as `matching.advisers` gives it."""
    people = [ListedBody(candidate_id=one.candidate_id, note=one.note) for one in row["people"]]
    names = ("id", "title", "vacancy_id", "shared", "created_at", "updated_at", "version")
    return ShortlistBody(**{name: row[name] for name in names}, people=people, mine=row["account_id"] == account_id)


def search_body(row: Mapping[str, Any], account_id: str) -> SavedSearchBody:
    """The body of a saved search as `matching.advisers` gives it."""
    names = ("id", "title", "text", "filters", "shared", "alerts", "created_at", "updated_at", "version")
    return SavedSearchBody.model_validate(
        {name: row[name] for name in names} | {"mine": row["account_id"] == account_id}
    )
