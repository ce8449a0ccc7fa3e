"""What invoicing declares."""
