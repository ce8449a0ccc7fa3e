"""The part of outsourcing in the demo company."""
