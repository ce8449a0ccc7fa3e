"""What shipping declares: fields, states, actions and what they are given."""
