"""What fulfilment does: plain functions, the context first."""
