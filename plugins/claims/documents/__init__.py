"""Printed documents of claims."""
