"""What shipping does: plain functions, ``ctx`` first."""
