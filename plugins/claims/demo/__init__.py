"""The part of claims in the demo company."""
