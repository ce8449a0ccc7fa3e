"""What planning shows on others' pages."""
