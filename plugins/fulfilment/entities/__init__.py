"""What the plugin declares: business contexts, the field on customer orders, actions."""
