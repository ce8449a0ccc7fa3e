"""Printed documents of purchasing."""
