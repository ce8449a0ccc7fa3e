"""New versions of many BOMs at once: made of the active ones, edited, put in force, taken back."""
