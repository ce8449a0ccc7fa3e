"""What base_files does: plain functions, ``ctx`` first, no web."""
