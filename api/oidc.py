"""Signing in by another provider (OpenID Connect): authorization code with PKCE, state and nonce; for the pages.

What goes on is kept by the browser alone, sealed, for some minutes. The provider's description and keys are read anew
each time: people sign in seldom, and keys that were replaced are then no question.
"""

import base64
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from api.policies import is_loopback
from matching.errors import VonkError
from matching.linking import Vouched
from matching.sealing import seal_here, unseal_here
from matching.settings import Settings

LASTS = timedelta(minutes=10)
SECONDS = 5.0  # for each question to the provider
LEEWAY_SECONDS = 60  # clocks differ
# Signed by a key of the provider's own; never `none`, and never by a secret that we have too.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_PURPOSE = "other provider"
_FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "sc"})  # RFC 8176: more than a password


class ProviderFailed(VonkError):
    """The provider could not be reached, or said what may not be believed; `code` tells which step, and no values."""


@dataclass(frozen=True)
class Pending:
    """What the browser keeps until it comes back."""

    state: str
    nonce: str
    verifier: str
    back: str
    at: float


def begin(settings: Settings, redirect_uri: str, back: str, *, now: datetime) -> tuple[str, str]:
    """The address at the provider to go to, and what the browser keeps meanwhile. Raises ProviderFailed."""
    described = _described(settings)
    pending = Pending(
        secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), back, now.timestamp()
    )
    with _client(settings, redirect_uri) as client:
        address, _ = client.create_authorization_url(
            described["authorization_endpoint"],
            state=pending.state,
            nonce=pending.nonce,
            code_verifier=pending.verifier,
        )
    kept = seal_here(settings, _PURPOSE, json.dumps(asdict(pending)).encode())
    return address, base64.urlsafe_b64encode(kept).decode()


def pending_of(settings: Settings, kept: str | None, state: str, *, now: datetime) -> Pending:
    """What the browser kept, where it belongs to this answer. Raises ProviderFailed (`provider.state`)."""
    try:
        pending = Pending(**json.loads(unseal_here(settings, _PURPOSE, base64.urlsafe_b64decode(kept or ""))))
    except (ValueError, VonkError):
        raise ProviderFailed("provider.state") from None
    late = now.timestamp() > pending.at + LASTS.total_seconds()
    if late or not hmac.compare_digest(pending.state.encode(), state.encode()):
        raise ProviderFailed("provider.state")
    return pending


def finish(settings: Settings, redirect_uri: str, pending: Pending, code: str, *, now: datetime) -> Vouched:
    """Whom the provider vouches for, by a code that it gave. Raises ProviderFailed."""
    described = _described(settings)
    try:
        with _client(settings, redirect_uri) as client:
            token = client.fetch_token(described["token_endpoint"], code=code, code_verifier=pending.verifier)
    except (AuthlibBaseError, httpx2.HTTPError, ValueError):
        raise ProviderFailed("provider.code") from None
    claims = _claims(settings, described, token, pending.nonce, now)
    email = claims.get("email") if claims.get("email_verified") is True else None
    methods = claims.get("amr") or []
    return Vouched(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"])[:255],
        email=email if isinstance(email, str) else None,
        name=claims["name"] if isinstance(claims.get("name"), str) else None,
        factor_given=settings.oidc_asks_second_factor or bool(_FACTORS.intersection(map(str, methods))),
    )


def _claims(
    settings: Settings, described: dict[str, Any], token: dict[str, Any], nonce: str, now: datetime
) -> dict[str, Any]:
    """What the ID token says, where it is the provider's, for us, of now and of this request."""
    offered = described.get("id_token_signing_alg_values_supported") or ["RS256"]
    try:
        keys = KeySet.import_key_set(cast(KeySetSerialization, _read(described["jwks_uri"])))
        decoded = jwt.decode(token["id_token"], keys, algorithms=[one for one in ALGORITHMS if one in offered])
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": settings.oidc_issuer},
                "aud": {"essential": True, "value": settings.oidc_client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={
                "nonce": nonce,
                "client_id": settings.oidc_client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError):
        raise ProviderFailed("provider.token") from None
    return dict(claims)


def leave(settings: Settings, back: str) -> str | None:
    """The address at which somebody signs out at the provider too; None where it has none, or does not answer."""
    try:
        end = _described(settings).get("end_session_endpoint")
    except ProviderFailed:
        return None
    if not isinstance(end, str) or not _is_safe(settings, end):
        return None
    return f"{end}?{urlencode({'client_id': settings.oidc_client_id, 'post_logout_redirect_uri': back})}"


def _described(settings: Settings) -> dict[str, Any]:
    """The provider's description of itself, where it is that of the issuer that the settings name."""
    if settings.oidc_issuer is None:
        raise ProviderFailed("provider.none")
    issuer = settings.oidc_issuer
    if not _is_safe(settings, issuer):
        raise ProviderFailed("provider.unreachable")
    described = _read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    needed = [described.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    whole = all(isinstance(one, str) and _is_safe(settings, one) for one in needed)
    if described.get("issuer") != issuer or not whole:
        raise ProviderFailed("provider.unreachable")
    return described


def _is_safe(settings: Settings, address: str) -> bool:
    """https, or in development this machine itself."""
    parts = urlsplit(address)
    on_this_machine = settings.env == "development" and is_loopback(parts.hostname or "")
    return parts.scheme == "https" or (parts.scheme == "http" and on_this_machine)


def _read(address: str) -> dict[str, Any]:
    try:
        answer = httpx2.get(address, timeout=SECONDS, follow_redirects=False)
        answer.raise_for_status()
        read = answer.json()
    except (httpx2.HTTPError, ValueError):
        raise ProviderFailed("provider.unreachable") from None
    if not isinstance(read, dict):
        raise ProviderFailed("provider.unreachable")
    return read


def _client(settings: Settings, redirect_uri: str) -> Any:
    secret = settings.oidc_client_secret
    return OAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        scope="openid email profile",
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        timeout=SECONDS,
        follow_redirects=False,
    )
