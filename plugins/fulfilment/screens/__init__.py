"""Pages of fulfilment: sheets, returns, settlements, and how far an order is."""
