"""The part of factory_gate in the demo company."""
