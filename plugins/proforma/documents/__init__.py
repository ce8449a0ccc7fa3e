"""Printed documents of proforma."""
