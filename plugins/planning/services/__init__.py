"""What planning works out."""
