"""What purchasing does: plain functions, the context first."""
