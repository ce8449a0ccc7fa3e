"""What the timeline does: plain functions, ``ctx`` first."""
