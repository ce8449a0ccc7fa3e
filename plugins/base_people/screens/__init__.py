"""Pages of base_people."""
