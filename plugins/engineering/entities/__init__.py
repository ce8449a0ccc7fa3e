"""What engineering declares: fields, states, actions and what they are given."""
