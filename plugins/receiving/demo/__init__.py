"""The part of receiving in the demo company."""
