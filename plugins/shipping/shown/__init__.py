"""What shipping shows on pages that are not its own."""
