"""The part of purchasing in the demo company."""
