"""Mass change: one rule over many BOMs. What it finds, what it would do to each line, which lines are chosen."""
