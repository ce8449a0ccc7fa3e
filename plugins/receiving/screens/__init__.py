"""Pages of receiving."""
