"""Receipts with rolls, and orders."""

from __future__ import annotations

from tests.plugins.purchasing.conftest import mill as mill
