"""Placements as JSON: work and learning, who is beside her there, promises and milestones."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from api.schemas.introductions import Day, Id
from api.schemas.ranking import Body
from matching.profiles import ShortText, WeekHours, Words
from matching.trajectories.placements import MOST_LISTED, Placement
from matching.trajectories.terms import PlacementKind, PromisedBy
from scoring.terms import EndReason

KnownAs = Annotated[Words, Field(min_length=1, max_length=60)]
PersonRole = Annotated[Words, Field(min_length=1, max_length=100)]
EndReasons = Annotated[list[EndReason], Field(min_length=1, max_length=13)]


class Buddy(Body):
    """A fixed colleague, by how she is called there; no surname."""

    known_as: KnownAs
    role: PersonRole | None = None
    since: Day | None = None


class WorkFloorContact(Body):
    """Whom to call at the work floor, by how she is called there."""

    known_as: KnownAs
    role: PersonRole | None = None


class PromiseCreate(Body):
    """What somebody said that they would arrange. With the `id` of one that is there: what changes in it."""

    id: Id | None = None
    text: ShortText | None = None
    by: PromisedBy | None = None
    promised_on: Day | None = None
    due_on: Day | None = None
    delivered_on: Day | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.id is None and (self.text is None or self.by is None or self.promised_on is None):
            raise ValueError("text, by and promisedOn are needed")
        return self

    def values(self) -> dict[str, Any]:
        """What is named, by column."""
        names = {"by": "promised_by"}
        return {names.get(name, name): getattr(self, name) for name in sorted(self.model_fields_set)}


class Milestone(Body):
    """A step of a way of learning and working."""

    text: ShortText
    due_on: Day | None = None
    reached_on: Day | None = None


Promises = Annotated[list[PromiseCreate], Field(max_length=MOST_LISTED)]
Milestones = Annotated[list[Milestone], Field(max_length=MOST_LISTED)]


class PlacementChange(Body):
    """What changes; what is left out stays. Promises are added to those that are there."""

    kind: PlacementKind | None = None
    legal_employer: ShortText | None = None
    work_floor: ShortText | None = None
    team: ShortText | None = None
    hours_per_week: WeekHours | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    ended_on: Day | None = None
    end_reasons: EndReasons | None = None
    buddy: Buddy | None = None
    work_floor_contact: WorkFloorContact | None = None
    diploma: ShortText | None = None
    promises: Promises | None = None
    milestones: Milestones | None = None

    @model_validator(mode="after")
    def _not_null(self) -> Self:
        for name in ("kind", "legal_employer", "starts_on", "promises", "milestones"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self

    def values(self) -> dict[str, Any]:
        """What is named, by column."""
        given = {name: getattr(self, name) for name in sorted(self.model_fields_set & set(_PLAIN))}
        if given.get("end_reasons") is not None:
            given["end_reasons"] = [one.value for one in given["end_reasons"]]
        if "kind" in given:
            given["kind"] = given["kind"].value
        if "buddy" in self.model_fields_set:
            buddy = self.buddy
            given |= {
                "buddy_known_as": buddy and buddy.known_as,
                "buddy_role": buddy and buddy.role,
                "buddy_since": buddy and buddy.since,
            }
        if "work_floor_contact" in self.model_fields_set:
            contact = self.work_floor_contact
            given |= {"contact_known_as": contact and contact.known_as, "contact_role": contact and contact.role}
        return given

    def listed(self, name: str) -> list[dict[str, Any]] | None:
        """The promises or milestones that are named, by column; None where they are not."""
        if name not in self.model_fields_set:
            return None
        if name == "promises":
            return [one.values() for one in self.promises or []]
        return [one.model_dump() for one in self.milestones or []]


_PLAIN = (
    "kind",
    "legal_employer",
    "work_floor",
    "team",
    "hours_per_week",
    "starts_on",
    "ends_on",
    "ended_on",
    "end_reasons",
    "diploma",
    "introduction_id",
)


class PlacementCreate(PlacementChange):
    """A placement; what it does not say of the employer comes from the vacancy of the introduction."""

    candidate_id: Id
    introduction_id: Id | None = None
    kind: PlacementKind
    starts_on: Day


class PromiseBody(Body):
    id: str
    text: str
    by: PromisedBy
    promised_on: date
    due_on: date | None
    delivered_on: date | None
    is_open: bool


class MilestoneBody(Body):
    text: str
    due_on: date | None
    reached_on: date | None


class PlacementBody(Body):
    """A placement as it is on record."""

    id: str
    candidate_id: str
    introduction_id: str | None
    kind: PlacementKind
    legal_employer: str
    work_floor: str | None
    team: str | None
    hours_per_week: float | None
    starts_on: date
    ends_on: date | None
    ended_on: date | None
    end_reasons: list[EndReason]
    buddy: Buddy | None
    work_floor_contact: WorkFloorContact | None
    diploma: str | None
    promises: list[PromiseBody]
    milestones: list[MilestoneBody]
    created_at: datetime
    version: int


class PlacementsBody(Body):
    """Some of a list of placements, and where the rest is."""

    items: list[PlacementBody]
    next: str | None


def placement_body(placement: Placement) -> PlacementBody:
    """The body of a placement."""
    row = placement.row
    same = (
        "id candidate_id introduction_id kind legal_employer work_floor team hours_per_week starts_on ends_on ended_on "
        "diploma created_at version"
    )
    buddy = contact = None
    if row["buddy_known_as"] is not None:
        buddy = {"known_as": row["buddy_known_as"], "role": row["buddy_role"], "since": row["buddy_since"]}
    if row["contact_known_as"] is not None:
        contact = {"known_as": row["contact_known_as"], "role": row["contact_role"]}
    return PlacementBody.model_validate(
        {name: row[name] for name in same.split()}
        | {
            "end_reasons": row["end_reasons"] or [],
            "buddy": buddy,
            "work_floor_contact": contact,
            "promises": [
                {
                    "id": one["id"],
                    "text": one["text"],
                    "by": one["promised_by"],
                    "promised_on": one["promised_on"],
                    "due_on": one["due_on"],
                    "delivered_on": one["delivered_on"],
                    "is_open": one["delivered_on"] is None,
                }
                for one in placement.promises
            ],
            "milestones": [
                {name: one[name] for name in ("text", "due_on", "reached_on")} for one in placement.milestones
            ],
        }
    )
