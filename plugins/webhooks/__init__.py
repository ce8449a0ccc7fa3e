"""Everything a company's screens do, for other programs: REST with tokens, described by OpenAPI."""
