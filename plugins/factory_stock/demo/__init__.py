"""The part of factory_stock in the demo company."""
