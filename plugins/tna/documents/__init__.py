"""Printed documents of tna."""
