"""Amounts in words, as contracts and cheques carry them: English, and Chinese in banker's figures (大寫金額).

Whole numbers are spelt by num2words and cn2an; the currency, and what is behind the point, by us: exactly, however many digits
it has (cn2an drops those beyond two).
"""

from __future__ import annotations

import re
from decimal import Decimal

NAMES = {
    # currency → English, 繁體, 简体
    "TWD": ("New Taiwan Dollars", "新臺幣", "新台币"),
    "CNY": ("Chinese Yuan Renminbi", "人民幣", "人民币"),
    "USD": ("US Dollars", "美金", "美元"),
    "EUR": ("Euros", "歐元", "欧元"),
    "HKD": ("Hong Kong Dollars", "港幣", "港币"),
    "JPY": ("Japanese Yen", "日幣", "日元"),
    "GBP": ("Pounds Sterling", "英鎊", "英镑"),
    "VND": ("Vietnamese Dong", "越南盾", "越南盾"),
}
LIMIT = Decimal(10) ** 15
SPLIT = "角分厘毫"
TRADITIONAL = str.maketrans("贰叁陆万亿负", "貳參陸萬億負")


def amount_in_words(amount: Decimal, currency: str, language: str) -> str:
    """``amount`` of ``currency`` in words of ``language``. Its decimals must already be those of the currency.

    Raises ValueError from 10^15 on.
    """
    if abs(amount) >= LIMIT:
        raise ValueError("the amount is too large to be written in words")
    english, traditional, simplified = NAMES.get(currency, (currency, currency, currency))
    if language == "zh_Hant_TW":
        return traditional + in_traditional(amount)
    if language == "zh_Hans_CN":
        return simplified + in_simplified(amount)
    return f"{english} {in_english(amount)} only"


def in_simplified(amount: Decimal) -> str:
    """柒万肆仟陆佰肆拾捌元整; 伍拾元零伍分; 叁角整."""
    from cn2an import an2cn  # costs a seventh of a second of processor time, and only contracts need it

    whole, decimals = _split(amount)
    head = an2cn(whole, "up") + "元" if int(whole) or not decimals else ""
    tail = ""
    for digit, unit in zip(decimals, SPLIT, strict=False):
        if digit != "0":
            tail += an2cn(digit, "up") + unit
        elif (head or tail) and not tail.endswith("零"):
            tail += "零"
    # 角 and 元 close with 整; 分 and smaller end by themselves
    return ("负" if amount < 0 else "") + head + tail + ("整" if len(decimals) < 2 else "")


def in_traditional(amount: Decimal) -> str:
    """柒萬肆仟陸佰肆拾捌元整. 10^12 is 兆, where the mainland says 万亿."""
    text = re.sub(
        r"万(.*)亿", lambda found: f"兆{found[1]}" + ("亿" if found[1] else ""), in_simplified(amount)
    )
    return text.translate(TRADITIONAL)


def in_english(amount: Decimal) -> str:
    """Seventy-four thousand six hundred forty-eight; … and 40/100."""
    from num2words import num2words

    whole, decimals = _split(amount)
    said: str = num2words(int(whole))
    text = ("minus " if amount < 0 else "") + said.replace(",", "").replace(" and ", " ")
    if decimals:
        decimals = decimals.ljust(2, "0")
        text += f" and {decimals}/{10 ** len(decimals)}"
    return text[0].upper() + text[1:]


def _split(amount: Decimal) -> tuple[str, str]:
    """The whole part, and the digits behind the point without needless zeros."""
    whole, _, decimals = f"{abs(amount):f}".partition(".")
    return whole, decimals.rstrip("0")
