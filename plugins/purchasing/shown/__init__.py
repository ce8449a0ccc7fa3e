"""What purchasing shows on pages that are not its own."""
