"""What base_people does: plain functions, ``ctx`` first, no web."""
