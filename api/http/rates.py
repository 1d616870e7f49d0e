"""How often somebody may ask: buckets of tokens in the memory of this process; for the door and for who signs in.

A bucket holds what a minute allows and fills evenly, so that a burst is fine and a stream is not. Several processes
each count for themselves: a limit protects a process, it is no bill. Own code, since the kept libraries for this count
windows, and in memory for as many keys as are thrown at them; here the keys that were not used longest are dropped.
"""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request

from api.http.kinds import HttpProblem, retry_after
from matching.settings import Settings

KEPT_KEYS = 50_000
_IPV6_PREFIX = 64  # one subscriber has at least so many addresses


class Buckets:
    """One bucket per key. Safe from several threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._per_second = float(per_minute), per_minute / 60
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when that was so

    def take(self, key: str) -> float:
        """Take a token, and give 0; where there is none, the seconds until there is one."""
        with self._lock:
            now = self._clock()
            tokens, since = self._held.pop(key, (self._size, now))
            tokens = min(self._size, tokens + (now - since) * self._per_second)
            wait = max(0.0, (1 - tokens) / self._per_second)
            self._held[key] = (tokens if wait else tokens - 1, now)
            while len(self._held) > KEPT_KEYS:
                self._held.popitem(last=False)
            return wait

    def require(self, key: str) -> None:
        """Take a token. Raises HttpProblem (`rate.exceeded`) that says when to come back."""
        if wait := self.take(key):
            headers = retry_after(wait)
            raise HttpProblem("rate.exceeded", headers=headers, seconds=int(headers["Retry-After"]))


class Rates:
    """The buckets of an app."""

    def __init__(self, settings: Settings) -> None:
        self.account = Buckets(settings.account_per_minute)
        self.anonymous = Buckets(settings.anonymous_per_minute)
        self.sign_in = Buckets(settings.sign_in_per_minute)


def address_of(request: Request) -> str:
    """From where is asked, as a key for buckets: an IPv4 address, or the network of an IPv6 one."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
    return host
