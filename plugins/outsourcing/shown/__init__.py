"""What outsourcing shows on pages that are not its own."""
