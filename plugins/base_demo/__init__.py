"""The demo tenant: a trading house with orders, factories and payments, its dates shifted so that its day is today."""
