"""What base_jobs does: plain functions, ``ctx`` first, no web."""
