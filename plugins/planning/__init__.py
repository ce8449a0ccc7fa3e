"""Planning: what can be made, by when, from what; what is expected to be ordered."""
