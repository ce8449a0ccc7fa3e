"""What buying by need does: plain functions, ``ctx`` first."""
