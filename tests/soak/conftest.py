"""What the long checks of the service share."""

from collections.abc import Iterator

import pytest

from tests.soak.forked import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Forks servers; it takes some seconds to read the code, once."""
    made = Nursery()
    yield made
    made.close()
