"""What base_health does: plain functions, ``ctx`` first, no web."""
