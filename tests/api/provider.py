"""A small OpenID Connect provider over real HTTP, with signed tokens and PKCE; what it says can be bent."""

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "vonk-test", "a-secret-between-two"


@dataclass
class Provider:
    """Who is signed in there, and how its tokens differ from what they should be."""

    issuer: str
    now: Callable[[], float]
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "person-1"})
    bent: dict[str, Any] = field(default_factory=dict)  # claims in place of the right ones; None: left out
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    described: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    shows: list[RSAKey] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shows = self.shows or [self.signs_with]

    def description(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "end_session_endpoint": f"{self.issuer}/leave",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }
            | self.described
        )

    def keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet(self.shows).as_dict(private=False))  # type: ignore[arg-type]

    def authorize(self, request: Request) -> Response:
        """Whoever is signed in says yes at once."""
        asked = dict(request.query_params)
        wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
        if wanted.items() - asked.items() or "openid" not in asked["scope"].split():
            return JSONResponse({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]}), 303)

    async def token(self, request: Request) -> Response:
        """A code is good once, for the client that it was given to and who knows what was hashed."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        proof = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        for name, good in (
            ("client", request.headers.get("authorization") == f"Basic {proof}"),
            ("code", asked is not None),
            ("redirect", asked is not None and asked["redirect_uri"] == form.get("redirect_uri")),
            ("verifier", asked is not None and asked["code_challenge"] == challenge),
        ):
            if not good:
                self.refused.append(name)
                return JSONResponse({"error": "invalid_grant"}, 400)
        assert asked is not None
        now = int(self.now())
        right = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {name: value for name, value in (right | self.person | self.bent).items() if value is not None}
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self.signed(claims)})

    def signed(self, claims: dict[str, Any]) -> str:
        if self.header["alg"] == "none":
            parts = [base64.urlsafe_b64encode(jwt_json(one)).decode().rstrip("=") for one in (self.header, claims)]
            return ".".join([*parts, ""])
        if self.header["alg"] == "HS256":
            from joserfc.jwk import OctKey

            return jwt.encode(self.header, claims, OctKey.import_key(SECRET))
        return jwt.encode(self.header, claims, self.signs_with)


def jwt_json(value: dict[str, Any]) -> bytes:
    import json

    return json.dumps(value).encode()


@contextmanager
def provider(now: Callable[[], float]) -> Iterator[Provider]:
    """A provider that listens on this machine until the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}", now)
        app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", made.description),
                Route("/keys", made.keys),
                Route("/authorize", made.authorize),
                Route("/token", made.token, methods=["POST"]),
            ]
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield made
        finally:
            server.should_exit = True
            thread.join()
