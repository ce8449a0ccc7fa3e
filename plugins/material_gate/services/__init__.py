"""What the material gate does: plain functions, ``ctx`` first."""
