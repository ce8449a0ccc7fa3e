"""What webhooks does: plain functions, ``ctx`` first, no web."""
