"""Services of the warehouse, split by noun."""
