"""What receiving declares: fields, states, actions and what they are given."""
