"""What factory_stock shows on pages that are not its own."""
