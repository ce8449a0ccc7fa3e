"""Printed documents of outsourcing."""
