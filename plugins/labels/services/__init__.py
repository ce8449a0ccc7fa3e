"""What labels say of documents."""
