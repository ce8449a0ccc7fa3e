"""Two plugins as somebody else would write them: ``samples`` (sample requests) and ``couriers``, which needs it."""
