"""Reference data: sets of occupations and skills, places; what a set holds, how it is loaded, how it is read."""

from matching.reference.content import (
    EMBEDDED,
    ESCO,
    Municipality,
    Occupation,
    Postcode,
    ReferenceSet,
    Region,
    Skill,
    Task,
)
from matching.reference.loading import load_embedded, load_set
from matching.reference.reading import active_taxonomy, postcode_table

__all__ = [
    "EMBEDDED",
    "ESCO",
    "Municipality",
    "Occupation",
    "Postcode",
    "ReferenceSet",
    "Region",
    "Skill",
    "Task",
    "active_taxonomy",
    "load_embedded",
    "load_set",
    "postcode_table",
]
