"""What catalog shows on pages that are not its own."""
