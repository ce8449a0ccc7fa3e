"""Pages of catalog."""
