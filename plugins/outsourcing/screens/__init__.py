"""Pages of outsourcing."""
