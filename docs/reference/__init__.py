"""The reference of everything that plugins declare and answer, made from the code: ``python -m docs.reference`` writes it."""
