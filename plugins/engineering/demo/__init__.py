"""The demo tenant's part of engineering."""
