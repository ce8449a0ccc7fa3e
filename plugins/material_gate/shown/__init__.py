"""What material_gate shows on pages that are not its own."""
