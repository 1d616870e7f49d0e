"""The settings of a Vonk: from `VONK_*` environment variables or a file `vonk.env`; read once.

Every setting has a description, which is also its documentation.
"""

import secrets
from pathlib import Path
from typing import Literal, Self

import platformdirs
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from matching.settings_serving import ServingSettings

SECRET_LENGTH_MIN = 32
SECRET_FILE = "secret.key"
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
    clock: Path | None = Field(
        default=None,
        description="A file with an RFC 3339 time that stands in for now, for demonstrations and "
        "simulations; refused in production.",
    )

    @field_validator("secret_key")
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
        return self

    @property
    def url(self) -> str:
        """The database URL, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'vonk.db').as_posix()}"


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
