"""Acme compliance."""
