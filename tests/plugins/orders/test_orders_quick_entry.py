"""The grammar of quick entry: what is understood, and what every wrong line says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.orders.services.quick_entry import parse

GOOD = [
    ("234, S-1, M-2", ("234", "", "", (("S", 1), ("M", 2)))),
    ("234,S-1", ("234", "", "", (("S", 1),))),
    ("  234 ,  s - 1 ,m-2  ", ("234", "", "", (("S", 1), ("M", 2)))),
    ("st-1 @nvy, s-10", ("ST-1", "NVY", "", (("S", 10),))),
    ("ST-1#us-lax, XL-3", ("ST-1", "", "US-LAX", (("XL", 3),))),
    ("ST-1 @NVY #US-LAX, S-1", ("ST-1", "NVY", "US-LAX", (("S", 1),))),
    ("ST-1 #US-LAX @NVY, S-1", ("ST-1", "NVY", "US-LAX", (("S", 1),))),
    ("KID @RED, 110-5, 120-6", ("KID", "RED", "", (("110", 5), ("120", 6)))),
    ("234, 36-38-5", ("234", "", "", (("36-38", 5),))),
    ("234， Ｓ－１， Ｍ－２", ("234", "", "", (("S", 1), ("M", 2)))),
    ("２３４　＠ＮＶＹ　＃ＵＳ－ＬＡＸ、S–1", ("234", "NVY", "US-LAX", (("S", 1),))),
    ("234, S-007", ("234", "", "", (("S", 7),))),
]

BAD = [
    ("234", "No sizes"),
    (", S-1", "style is missing"),
    ("@NVY, S-1", "style is missing"),
    ("234, S", "“S” is not a size and a quantity"),
    ("234, -1", "“-1” is not a size and a quantity"),
    ("234, S-", "“S-” is not a size and a quantity"),
    ("234, S-0", "at least 1 piece"),
    ("234, S--1", "cannot be negative"),
    ("234, S-1.5", "whole pieces"),
    ("234, S-½", "not a number"),
    ("234, S-x", "“X” is not a number"),
    ("234, S-1e3", "not a number"),
    ("234, S-99999999", "too large"),
    ("234, S-1,, M-2", "between two commas"),
    ("234, S-1,", "between two commas"),
    ("234, S-1, s-2", "Size S stands twice"),
    ("234 @NVY @WHT, S-1", "“@” stands twice"),
    ("234 #, S-1", "Nothing stands after “#”"),
    ("234 S-1 M-2", "No sizes"),
]


@pytest.mark.parametrize(("text", "wanted"), GOOD)
def test_a_line_is_understood(text: str, wanted: tuple[object, ...]) -> None:
    entries, problems = parse(text)
    assert not problems
    assert [(e.style, e.color, e.destination, e.sizes) for e in entries] == [wanted]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_wrong_line_says_what_is_wrong(text: str, message: str) -> None:
    entries, problems = parse(f"ST-1, S-1\n\n{text}")
    assert len(entries) == 1
    assert [p.params["line"] for p in problems] == [3]
    assert message in str(problems[0])
    assert str(problems[0]).startswith("Line 3: ")


def test_every_wrong_line_is_reported_and_empty_ones_are_skipped() -> None:
    entries, problems = parse("\n".join(text for text, _message in BAD) + "\n\n   \n")
    assert not entries
    assert [p.params["line"] for p in problems] == list(range(1, len(BAD) + 1))


CODE = st.text("ABCDEFGHXYZ0123456789", min_size=1, max_size=6)


@given(
    style=CODE,
    color=st.one_of(st.just(""), CODE),
    destination=st.one_of(st.just(""), CODE),
    sizes=st.dictionaries(CODE, st.integers(1, 9_999_999), min_size=1, max_size=8),
    seed=st.integers(0, 2**16),
)
def test_blanks_case_and_full_width_do_not_matter(
    style: str, color: str, destination: str, sizes: dict[str, int], seed: int
) -> None:
    dice = random.Random(seed)
    head = style + (f"@{color}" if color else "") + (f"#{destination}" if destination else "")
    text = ",".join([head, *(f"{size}-{pieces}" for size, pieces in sizes.items())])

    def scribble(letter: str) -> str:
        wide = {",": "，、", "-": "－–", "@": "＠", "#": "＃"}.get(letter, chr(ord(letter) + 0xFEE0))
        letter = dice.choice([letter, letter.lower(), dice.choice(wide)])
        return dice.choice(["", "", " ", "　", "\t"]) + letter

    entries, problems = parse("".join(scribble(letter) for letter in text))
    assert not problems
    assert entries[0].style == style
    assert (entries[0].color, entries[0].destination) == (color, destination)
    assert entries[0].sizes == tuple(sizes.items())
