"""Pages of factory_stock."""
