"""What statistics adds up."""
