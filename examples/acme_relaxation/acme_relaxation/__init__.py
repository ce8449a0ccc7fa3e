"""Fabric relaxation."""
