"""What the bridge does: functions, ctx first, no web."""
