"""The settings of a Vonk: from `VONK_*` environment variables, a file `vonk.env` or a folder of secrets; read once.

Every setting has a description, which is also its documentation (`matching.settings_page`).
"""

import secrets
from pathlib import Path
from typing import Literal, Self

import platformdirs
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from matching.settings_serving import ServingSettings

SECRET_LENGTH_MIN = 32
SECRET_FILE = "secret.key"
AUDIT_MONTHS_MIN = 6  # AI Act, articles 12 and 26(6)
_PLACEHOLDERS = ("changeme", "changethis", "secret", "password", "example", "default", "insecure")


class Settings(ServingSettings):
    """What may differ between one installation and another."""

    model_config = SettingsConfigDict(env_prefix="VONK_", env_file="vonk.env", frozen=True, hide_input_in_errors=True)

    database_url: str = Field(
        default="",
        description="SQLAlchemy URL of the database: postgresql+psycopg://... in production; a SQLite file "
        "`vonk.db` in the data folder if left out.",
    )
    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("vonk", appauthor=False)),
        description="Folder for the embedded database, snapshots and model files; made if it is not there.",
    )
    env: Literal["development", "production"] = Field(
        default="development",
        description="`production` refuses to start without a real secret key and refuses another clock.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description=f"At least {SECRET_LENGTH_MIN} random characters, from which the keys for identities and "
        f"sessions are derived. In development, a random one is kept in `{SECRET_FILE}` in the data folder.",
    )
    secret_key_old: SecretStr | None = Field(
        default=None,
        description="A second secret that opens keys too, for the time of a rotation: the old one beside a new "
        "VONK_SECRET_KEY until `vonk keys rotate` is done.",
    )
    vault_url: str = Field(
        default="",
        description="SQLAlchemy URL of the vault, the database of the keys of persons, apart from all others and from "
        "their backups; a SQLite file `vault.db` in the data folder if left out.",
    )
    audit_anchor: Path | None = Field(
        default=None,
        description="File in which the head of the sealed record is kept outside the database; `audit.anchor` in the "
        "data folder if left out. Servers that share a database share this file.",
    )
    audit_months: int = Field(
        default=24,
        ge=AUDIT_MONTHS_MIN,
        le=1_200,
        description=f"After so many months entries of the record are dropped; at least {AUDIT_MONTHS_MIN}.",
    )
    secrets_dir: Path | None = Field(
        default=None,
        description="A folder with a file for each setting that has not been given otherwise, named as its variable in "
        "lower case (`vonk_secret_key`), as Docker, Kubernetes and systemd give secrets to a service.",
    )
    clock: Path | None = Field(
        default=None,
        description="A file with an RFC 3339 time that stands in for now, for demonstrations and "
        "simulations; refused in production.",
    )

    second_factor: Literal["off", "staff"] | None = Field(
        default=None,
        description="Of whom a second factor is asked at sign-in: `staff` (advisers, coaches, caseworkers, "
        "coordinators, auditors, administrators) or `off`. `staff` in production and `off` in development if left "
        "out; who has one is always asked for it.",
    )
    oidc_issuer: str | None = Field(
        default=None,
        description="Address of an OpenID Connect provider by which people may sign in, as its discovery document "
        "names it: https://... (http:// only on this machine, in development).",
    )
    oidc_client_id: str | None = Field(default=None, description="By which name that provider knows Vonk.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="The secret that goes with it; left out where the provider asks for none."
    )
    oidc_name: str = Field(default="OpenID Connect", description="What that provider is called on the sign-in page.")
    oidc_creates_accounts: bool = Field(
        default=False,
        description="Whether somebody whom that provider vouches for, and who has no account, gets one (that may "
        "nothing yet).",
    )
    oidc_asks_second_factor: bool = Field(
        default=False,
        description="Whether that provider always asks a second factor itself, so that Vonk need not.",
    )
    public_url: str | None = Field(
        default=None,
        description="Under which address people reach Vonk: https://vonk.example; needed for passkeys and OpenID "
        "Connect behind a proxy. By default the address that is asked.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where settings come from, the first that says something goes before; the folder is one of them itself."""
        named = (source() for source in (init_settings, env_settings, dotenv_settings))
        folder = next((one["secrets_dir"] for one in named if one.get("secrets_dir")), None)
        sources = (init_settings, env_settings, dotenv_settings)
        return (*sources, SecretsSettingsSource(settings_cls, folder)) if folder and Path(folder).is_dir() else sources

    @field_validator("secrets_dir")
    @classmethod
    def _there(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError("no such folder")
        return folder

    @field_validator("secret_key", "secret_key_old")
    @classmethod
    def _real(cls, key: SecretStr | None) -> SecretStr | None:
        if key is None:
            return None
        plain = key.get_secret_value()
        squeezed = "".join(letter for letter in plain.lower() if letter.isalpha())
        if len(plain) < SECRET_LENGTH_MIN:
            raise ValueError(f"shorter than {SECRET_LENGTH_MIN} characters")
        if len(set(plain)) < 10 or any(word in squeezed for word in _PLACEHOLDERS):
            raise ValueError("a placeholder, not a random key")
        return key

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.env == "production":
            if self.secret_key is None:
                raise ValueError("VONK_SECRET_KEY is needed in production")
            if self.clock is not None:
                raise ValueError("VONK_CLOCK is refused in production")
        if self.keys_url == self.url:
            raise ValueError("VONK_VAULT_URL is the database itself: the vault must stand apart")
        return self

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError("VONK_OIDC_ISSUER and VONK_OIDC_CLIENT_ID go together")
        for name, url in (("VONK_OIDC_ISSUER", self.oidc_issuer), ("VONK_PUBLIC_URL", self.public_url)):
            if url and not url.startswith("https://") and (self.env == "production" or not url.startswith("http://")):
                raise ValueError(f"{name} has to begin with https://")
        return self

    @property
    def asks_second_factor_of(self) -> Literal["off", "staff"]:
        """Of whom a second factor is asked, with the default filled in."""
        return self.second_factor or ("staff" if self.env == "production" else "off")

    @property
    def url(self) -> str:
        """The database URL, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'vonk.db').as_posix()}"

    @property
    def keys_url(self) -> str:
        """The URL of the vault, with the default filled in."""
        return self.vault_url or f"sqlite:///{(self.data_dir / 'vault.db').as_posix()}"


def secret_of(settings: Settings) -> bytes:
    """The secret from which keys are derived; in development made once and kept in the data folder."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    kept = settings.data_dir / SECRET_FILE
    if not kept.exists():
        made = settings.data_dir / f"{SECRET_FILE}.{secrets.token_hex(8)}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            kept.hardlink_to(made)  # whole or not at all, and never over the key of another process
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return kept.read_bytes()


def secrets_of(settings: Settings) -> list[bytes]:
    """The secrets that open what was sealed, the one in force first: while one replaces another there are two."""
    old = settings.secret_key_old
    return [secret_of(settings), *([old.get_secret_value().encode()] if old is not None else [])]
