"""What the timeline is told of factory orders: plain functions, ``ctx`` first."""
