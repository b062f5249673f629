"""What stands in the figures that these tests draw is known."""

from pathlib import Path

import pytest
from inventory import known_figures


@pytest.fixture(autouse=True)
def figures_are_known():
    with known_figures(Path(__file__).with_name("inventory.txt")):
        yield
