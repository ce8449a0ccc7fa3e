"""The part of base_demo in the demo company."""
