"""Services of the programming interface, split by noun."""
