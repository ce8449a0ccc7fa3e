"""Printed documents of receiving."""
