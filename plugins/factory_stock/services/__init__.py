"""What stock at factories does: plain functions, ``ctx`` first."""
