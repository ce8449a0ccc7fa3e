"""Material requirements, reckoned in memory: whole numbers in, suggestions with their pegs, messages and days out.

It knows no database, no document and no unit: items, demands and supplies are places in lists, days are counted from the day of
the run, quantities are whole numbers of a unit so small that nothing is lost (``services/scale.py`` chooses it).
"""
