"""The part of catalog in the demo company."""
