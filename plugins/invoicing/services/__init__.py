"""What invoicing does, without the web."""
