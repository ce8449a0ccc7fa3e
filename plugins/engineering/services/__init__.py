"""What engineering does: functions, ctx first, no web."""
