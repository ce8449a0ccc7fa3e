"""The depot of the tests of stock."""

from __future__ import annotations

from tests.plugins.stock.conftest import depot as depot
from tests.plugins.stock.conftest import so as so
