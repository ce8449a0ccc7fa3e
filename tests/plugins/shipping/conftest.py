"""Goods to ship: those of the factory order of stock at factories."""

from tests.plugins.factory_stock.conftest import draft, fo, shop, so

__all__ = ["draft", "fo", "shop", "so"]
