"""What receiving shows on pages that are not its own."""
