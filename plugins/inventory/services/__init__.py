"""Services of inventory, split by noun."""
