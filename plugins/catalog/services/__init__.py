"""What catalog does: plain functions, ``ctx`` first, no web."""
