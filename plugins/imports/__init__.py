"""Sheets become documents and master data: read, mapped, checked, brought in, and taken back."""
