"""Services of imports, split by noun."""
