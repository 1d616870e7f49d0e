"""The settings of the way in over HTTP: limits, logs, metrics and stopping; part of `matching.settings.Settings`."""

import ipaddress
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

LogLevel = Literal["debug", "info", "warning", "error"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ServingSettings(BaseSettings):
    """What may differ in how one installation and another are served."""

    body_bytes: int = Field(
        default=1_048_576, ge=1_024, le=1_073_741_824, description="How large the body of a request may be, in bytes."
    )
    upload_bytes: int = Field(
        default=10_485_760,
        ge=1_024,
        le=1_073_741_824,
        description="How large a body with a file (multipart) may be, in bytes.",
    )
    request_seconds: float = Field(
        default=30,
        gt=0,
        le=3_600,
        description="How long a client waits for an answer before it is told that it takes "
        "too long. Who sends her request more slowly than this is refused.",
    )
    concurrent_requests: int = Field(
        default=8,
        ge=1,
        le=1_000,
        description="How many requests are worked on at once: some four times the cores. Others wait for a moment, "
        "thirty-two times as many at most. Each may hold two connections of the database. Work runs in 40 threads: "
        "with more, health waits too.",
    )
    account_per_minute: int = Field(
        default=6_000,
        ge=1,
        le=1_000_000,
        description="How many requests an account may make a minute, in each process.",
    )
    anonymous_per_minute: int = Field(
        default=600,
        ge=1,
        le=1_000_000,
        description="How many requests without credentials may come from one address a minute, in each process.",
    )
    sign_in_per_minute: int = Field(
        default=10,
        ge=1,
        le=1_000_000,
        description="How many attempts to sign in may come from one address a minute, in each process.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks, with commas in between, of the proxies whose X-Forwarded-For and "
        "X-Forwarded-Proto are believed; nobody's if left out.",
    )
    idempotency_hours: float = Field(
        default=24, gt=0, le=720, description="How long the answer to a POST with an Idempotency-Key is kept."
    )
    log_level: LogLevel | None = Field(
        default=None,
        description="`debug`, `info`, `warning` or `error`; if left out `info` in production, with a line for each "
        "request, else `warning`.",
    )
    log_format: Literal["json", "text"] | None = Field(
        default=None, description="`json` or `text`, on standard error; if left out `json` in production, else `text`."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Who shows this bearer token may read `/metrics`; if left out, only who asks from the machine "
        "itself and through no proxy.",
    )
    telemetry_url: str = Field(
        default="",
        pattern=r"^(https?://.+)?$",
        description="Where traces go by OTLP over HTTP (https://.../v1/traces); none are made if left out. Needs the "
        "extra `telemetry`.",
    )
    ready_behind_seconds: float = Field(
        default=30,
        gt=0,
        le=86_400,
        description="How far the pool in memory may be behind the database before `/health/ready` says no.",
    )
    drain_seconds: float = Field(
        default=0,
        ge=0,
        le=600,
        description="How long a server that is told to stop goes on taking requests while "
        "`/health/ready` says no, so that a load balancer sees it.",
    )
    finish_seconds: int = Field(
        default=30,
        ge=1,
        le=3_600,
        description="How long requests that are under way may take to finish when a server stops.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, text: str) -> str:
        networks(text)
        return text


def networks(text: str) -> tuple[Network, ...]:
    """The networks that stand in a setting, with commas in between. Raises ValueError for another text."""
    return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
