"""What stock does: plain functions, ``ctx`` first."""
