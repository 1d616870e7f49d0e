"""Reading texts: a pasted vacancy or CV, or a file of one, becomes a draft that a person confirms; stores nothing."""

from matching.reading.candidate import read_candidate
from matching.reading.draft import Draft, Part
from matching.reading.place import Places, open_places, places_of
from matching.reading.vacancy import read_vacancy

__all__ = ["Draft", "Part", "Places", "open_places", "places_of", "read_candidate", "read_vacancy"]
