"""What engineering shows."""
