"""What base_exports does: plain functions, ``ctx`` first, no web."""
