"""Where the shared reference data stands, beside a checkout; tests that compare with it skip where it is absent."""

from pathlib import Path

import pytest

SHARED_DATA: Path = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def needs_shared_data(relative_path: str) -> pytest.MarkDecorator:
    """A mark that skips a test, with the reason, where this file of the shared data is absent."""
    absent = not (SHARED_DATA / relative_path).exists()
    return pytest.mark.skipif(absent, reason=f"shared/data/{relative_path} is not beside this checkout")
