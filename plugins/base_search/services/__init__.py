"""What base_search does: plain functions, ``ctx`` first, no web."""
