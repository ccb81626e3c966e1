"""What all tests of the signature share: keys cost a tenth of a second each."""

from __future__ import annotations

import pytest

from tests.amazon import Amazon


@pytest.fixture(scope="session")
def amazon() -> Amazon:
    return Amazon()
