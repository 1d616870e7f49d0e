"""An id for every request: the client's own (`X-Request-Id`) where it can be told from a name, else a new one."""

import re
import uuid

HEADER = "X-Request-Id"
# Hexadecimal, UUID, ULID and the like; it has a digit and is long, so that it is hardly ever a name or an address.
_FIT = re.compile(r"(?=[A-Za-z-]*[0-9])[A-Za-z0-9-]{16,64}")


def request_id(said: str | None) -> str:
    """The id of a request that came with this header, or with none."""
    return said if said is not None and _FIT.fullmatch(said) else uuid.uuid4().hex
