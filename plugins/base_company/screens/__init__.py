"""Pages of base_company."""
