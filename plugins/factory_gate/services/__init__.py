"""What factory_gate does: plain functions, ``ctx`` first, no web."""
