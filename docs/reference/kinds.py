"""What each kind of field and of column is, in a line: the code knows their names, not how they look."""

from __future__ import annotations

FIELDS: dict[str, tuple[str, str, str]] = {
    "text": ("one line of text", "`str`", "`String(n)`"),
    "long": ("several lines", "`str`", "`Text`"),
    "names": ("a name per language", "`dict[str, str]`", "`Json`"),
    "int": ("a whole number", "`int`", "`Integer`"),
    "pieces": ("whole garments, zero or more", "`int`", "`Integer`"),
    "qty": ("a quantity, up to 6 decimals", "`Decimal`", "`Qty`"),
    "price": ("a price per unit, up to 6 decimals; says who sees it", "`Decimal`", "`Price`"),
    "money": ("an amount, up to 4 decimals; says who sees it", "`Decimal`", "`Money`"),
    "pct": ("a percentage, up to 4 decimals", "`Decimal`", "`Pct`"),
    "rate": ("an exchange rate, up to 10 decimals", "`Decimal`", "`Rate`"),
    "date": ("a day", "`date`", "`Date`"),
    "bool": ("yes or no", "`bool`", "`Boolean`"),
    "choice": ("one of `choices`", "`str`: its code", "`String(n)`"),
    "choices": ("several of `choices`", "`list[str]`", "`Json`, or a table of your own"),
    "ref": ("another row, by its code or number (`ref=` names its entity)", "the row",
            "`<name>_id = ref(table)` and `<name> = link(…)`: both are needed"),
    "file": ("a file, in actions and pages of your own", "`(name, bytes)`", "none: `plugins.base_files.api` keeps it"),
    "email": ("an address for mail", "`str`", "`String(n)`"),
    "password": ("never shown again", "`str`", "none"),
}  # fmt: skip
"""What it is, the Python value, the column of the model."""

COLUMNS: dict[str, tuple[str, str]] = {
    "text": ("as it is", "anything"),
    "link": ("code and name of another row", "the row"),
    "state": ("the state with colour, sign and word", "the state's code"),
    "badge": ("a word with colour and sign", "`Text`, or `(Text, tone)`"),
    "qty": ("a quantity", "`Decimal`, or `(Decimal, unit)`"),
    "int": ("a whole number", "`int`"),
    "money": (
        "an amount with its currency's decimals",
        "`Decimal` (the row's `currency`), or `(Decimal, currency)`",
    ),
    "price": ("an exact price", "`Decimal`"),
    "pct": ("two decimals and a per cent sign", "`Decimal`"),
    "date": ("a day", "`date`"),
    "datetime": ("a moment in the tenant's zone", "`datetime`"),
    "bar": ("a bar with the percentage beside it", "`Decimal`, or `(Decimal, words, deduction)`"),
    "bool": ("yes or no", "`bool`"),
    "thumb": ("a small picture", "its address"),
}
"""How it looks, what `load` or the attribute gives."""
