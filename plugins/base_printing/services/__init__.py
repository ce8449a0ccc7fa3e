"""What base_printing does: plain functions, ``ctx`` first, no web."""
