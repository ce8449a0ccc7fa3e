"""Printed documents of factory_stock."""
