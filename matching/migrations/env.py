"""What Alembic runs around the revisions: always on a connection that `matching.database` hands over."""

from typing import Any, Literal

from alembic import context


def _rendered(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Write column types as plain SQLAlchemy ones, so that a revision depends on nothing that may change later."""
    if kind != "type":
        return False
    match type(value).__name__:
        case "UtcDateTime":
            return "sa.DateTime(timezone=True)"
        case "AutoString":
            return f"sa.String(length={value.length})" if value.length else "sa.String()"
        case _:
            return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    compare_type=True,
    compare_server_default=True,
    render_as_batch=True,
    render_item=_rendered,
)
with context.begin_transaction():
    context.run_migrations()
