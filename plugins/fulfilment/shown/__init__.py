"""What fulfilment shows on others' pages."""
