"""What the claims plugin does: plain functions, ``ctx`` first."""
