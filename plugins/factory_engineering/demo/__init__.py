"""Its part of the demo company."""
