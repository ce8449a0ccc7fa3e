"""The part of orders in the demo company."""
