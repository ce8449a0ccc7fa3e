"""Pages of base_home."""
