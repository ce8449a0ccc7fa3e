"""What receiving does: plain functions, ``ctx`` first."""
