"""The one clock: whoever needs the time or the date asks here."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from matching.errors import Invalid
from matching.settings import Settings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now(settings: Settings) -> datetime:
    """This moment, aware and in UTC; the time in the file `settings.clock` where that is set.

    Raises Invalid (`clock.unreadable`) when that file holds no RFC 3339 time with a zone.
    """
    if settings.clock is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(settings.clock.read_text(encoding="utf-8").strip())
    except (OSError, ValueError) as error:
        raise Invalid("clock.unreadable", "clock", reason="not_rfc3339") from error
    if moment.tzinfo is None:
        raise Invalid("clock.unreadable", "clock", reason="no_time_zone")
    return moment.astimezone(UTC)


def today(settings: Settings) -> date:
    """The date in the Netherlands at this moment."""
    return date_of(now(settings))


def date_of(moment: datetime) -> date:
    """The date in the Netherlands at a given aware moment."""
    return moment.astimezone(AMSTERDAM).date()
