"""What orders does: plain functions, ``ctx`` first, no web."""
