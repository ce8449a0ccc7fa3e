"""Page and script of tables of lines (kit.lines)."""
