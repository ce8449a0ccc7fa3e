"""What the outsourcing plugin does: plain functions, ``ctx`` first, no web framework, one file per noun."""
