"""What invoicing shows on its own and others' pages."""
