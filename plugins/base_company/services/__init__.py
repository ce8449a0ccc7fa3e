"""What base_company does: plain functions, ``ctx`` first, no web."""
