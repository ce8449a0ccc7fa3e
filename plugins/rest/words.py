"""Names and limits of the programming interface."""

from __future__ import annotations

RIGHT = "rest.use"
"""To make tokens for oneself, and to be answered through them."""
EVERYBODY = "rest.tokens"
"""To see everybody's tokens and end them."""
ROOT = "/api/v1"
ACTIVITY = "rest.token"
"""What the activity calls a token."""
LONGEST_DAYS = 730
"""A token lives two years at most."""
USUAL_DAYS = 365
PAGE = 50
"""Rows in an answer, where nobody asks for more or fewer."""
