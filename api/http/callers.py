"""Who asks, as far as limits and retries go: an account once it is known, else an address.

Whoever signs people in calls:
- `known(request, account_id)` as soon as credentials are found good;
- `stranger(request)` where credentials are no good, before it says so (401);
- `Depends(sign_in_limit)` on a route that tries a password or a code, so that it comes before costly hashing.
"""

from fastapi import Request

from api.http.rates import Rates, address_of

_ACCOUNT = "account_id"


def known(request: Request, account_id: str) -> None:
    """An account acts in this request. Raises HttpProblem (`rate.exceeded`) where it asks too often."""
    setattr(request.state, _ACCOUNT, account_id)
    _rates(request).account.require(account_id)


def stranger(request: Request) -> None:
    """Credentials were no good: count it for the address. Raises HttpProblem (`rate.exceeded`)."""
    _rates(request).anonymous.require(address_of(request))


async def sign_in_limit(request: Request) -> None:
    """Somebody tries to sign in: count it for the address. Raises HttpProblem (`rate.exceeded`)."""
    _rates(request).sign_in.require(address_of(request))


def account_of(request: Request) -> str | None:
    """The account that acts in this request; None before it is known, or where there is none."""
    found: str | None = getattr(request.state, _ACCOUNT, None)
    return found


def _rates(request: Request) -> Rates:
    rates: Rates = request.app.state.rates
    return rates
