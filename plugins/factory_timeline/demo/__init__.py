"""The part of factory_timeline in the demo company."""
