"""What tna declares: fields, states, actions and what they are given."""
