"""What base_home does: plain functions, ``ctx`` first, no web."""
