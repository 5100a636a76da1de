"""A market of two streams and two refiners."""

import pytest
from small_oil import build


@pytest.fixture(scope="session")
def two():
    return build


@pytest.fixture(scope="session")
def market():
    return build()
