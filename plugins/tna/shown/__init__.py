"""What tna shows on pages that are not its own."""
