"""What purchasing declares: fields, states, actions and what they are given."""
