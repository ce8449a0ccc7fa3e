"""Amounts in words, as contracts and cheques carry them: English, and Chinese in banker's figures (大寫金額)."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Script(NamedTuple):
    """How one Chinese script writes amounts."""

    digits: str
    small: tuple[str, ...]
    groups: tuple[str, ...]
    point: tuple[str, ...]
    yuan: str
    whole: str
    minus: str


TRADITIONAL = Script(
    "零壹貳參肆伍陸柒捌玖",
    ("", "拾", "佰", "仟"),
    ("", "萬", "億", "兆"),
    ("角", "分", "厘", "毫"),
    "元",
    "整",
    "負",
)
SIMPLIFIED = Script(
    "零壹贰叁肆伍陆柒捌玖",
    ("", "拾", "佰", "仟"),
    ("", "万", "亿", "万亿"),
    ("角", "分", "厘", "毫"),
    "元",
    "整",
    "负",
)
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
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = ("", "thousand", "million", "billion", "trillion")
LIMIT = Decimal(10) ** 15


def amount_in_words(amount: Decimal, currency: str, language: str) -> str:
    """``amount`` of ``currency`` in words of ``language``. Its decimals must already be those of the currency.

    Raises ValueError from 10^15 on.
    """
    if abs(amount) >= LIMIT:
        raise ValueError("the amount is too large to be written in words")
    english, traditional, simplified = NAMES.get(currency, (currency, currency, currency))
    if language == "zh_Hant_TW":
        return traditional + chinese(amount, TRADITIONAL)
    if language == "zh_Hans_CN":
        return simplified + chinese(amount, SIMPLIFIED)
    return f"{english} {in_english(amount)} only"


def chinese(amount: Decimal, script: Script) -> str:
    """柒萬肆仟陸佰肆拾捌元整; 伍拾元零伍分; 參角整."""
    sign = script.minus if amount < 0 else ""
    whole, decimals = _split(amount)
    head = _chinese_whole(whole, script) + script.yuan if whole or not decimals.strip("0") else ""
    tail = ""
    for place, digit in enumerate(decimals.rstrip("0")):
        if digit != "0":
            tail += script.digits[int(digit)] + script.point[place]
        elif (head or tail) and not tail.endswith(script.digits[0]):
            tail += script.digits[0]
    # 角 and 元 close with 整; 分 and smaller end by themselves
    return sign + head + tail + (script.whole if len(decimals.rstrip("0")) < 2 else "")


def _chinese_whole(number: int, script: Script) -> str:
    if not number:
        return script.digits[0]
    parts: list[str] = []
    gap = False
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            gap = True
            continue
        if parts and (gap or group < 1000):
            parts.append(script.digits[0])
        parts.append(_chinese_group(group, script) + script.groups[index])
        gap = False
    return "".join(parts)


def _chinese_group(group: int, script: Script) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            text += (script.digits[0] if gap and text else "") + script.digits[digit] + script.small[place]
            gap = False
        else:
            gap = True
    return text


def in_english(amount: Decimal) -> str:
    """Seventy-four thousand six hundred forty-eight; … and 40/100."""
    whole, decimals = _split(amount)
    words = _english_whole(whole)
    text = ("minus " if amount < 0 else "") + words
    if decimals.strip("0"):
        places = max(2, len(decimals.rstrip("0")))
        text += f" and {decimals.ljust(places, '0')[:places]}/{10**places}"
    return text[0].upper() + text[1:]


def _english_whole(number: int) -> str:
    if not number:
        return ONES[0]
    parts: list[str] = []
    for scale in range(len(SCALES) - 1, -1, -1):
        group = number // 1000**scale % 1000
        if group:
            parts.append(f"{_english_group(group)} {SCALES[scale]}".strip())
    return " ".join(parts)


def _english_group(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    parts = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        parts.append(TENS[rest // 10] + (f"-{ONES[rest % 10]}" if rest % 10 else ""))
    elif rest:
        parts.append(ONES[rest])
    return " ".join(parts)


def _split(amount: Decimal) -> tuple[int, str]:
    text = f"{abs(amount):f}"
    whole, _, decimals = text.partition(".")
    return int(whole), decimals
