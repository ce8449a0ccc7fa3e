"""Services of proforma, split by noun."""
