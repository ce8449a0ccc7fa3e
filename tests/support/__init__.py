"""What the runs of this repository need beside the fixtures of ``core.testing``: order, costs, the second engine's sample."""
