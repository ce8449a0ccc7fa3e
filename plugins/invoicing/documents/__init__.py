"""Printed documents of invoicing."""
