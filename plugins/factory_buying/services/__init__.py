"""Buying for factory orders: plain functions, ``ctx`` first."""
