"""What the business does: plain functions, `ctx` first, no web."""
