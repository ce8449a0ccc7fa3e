"""What claims declares: fields, states, actions and what they are given."""
