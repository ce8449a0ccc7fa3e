"""What orders shows on pages that are not its own."""
