"""Work orders of somebody's own workshop."""
