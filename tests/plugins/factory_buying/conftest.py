"""The mill and its factory order, as purchasing's tests have them."""

from __future__ import annotations

from tests.plugins.purchasing.conftest import fo as fo
from tests.plugins.purchasing.conftest import mill as mill
