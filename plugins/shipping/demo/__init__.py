"""The part of shipping in the demo company."""
