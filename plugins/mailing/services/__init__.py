"""What mailing does: plain functions, ``ctx`` first, no web."""
