"""Pages of the catalog over HTTP: the style, and its consumption as a matrix."""

from __future__ import annotations

import re

import pytest

from plugins.catalog.services.bom import bom_of
from tests.plugins.catalog.conftest import Shop
from tests.plugins.catalog.consumption import save_bom


@pytest.fixture
def style(ctx):
    shop = Shop(ctx)
    navy, white = shop.color("NVY"), shop.color("WHT")
    shop.material("FAB", by_color=True)
    shop.material("LBL", stock="pcs")
    row = shop.style("T1", shop.run(sizes="S M L"), [navy, white])
    save_bom(
        ctx, row, [{"material": "FAB", "sizes": {"S": "0.15", "M": "0.16", "L": "0.17"}, "wastage_pct": "6"}]
    )
    ctx.session.commit()
    return row


def tokens(page):
    """Hidden inputs that every post must send back."""
    text = page.get_data(as_text=True)
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', text).group(1)
        for name in ("csrf_token", "_key", "_version")
    }


def fields(page):
    """Every input and select of the matrix with what stands in it."""
    text = page.get_data(as_text=True)
    text = text[: text.index("<template>")] + text[text.index("</template>") :]
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="(lines-[^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "checkbox" not in tag:
            found[name.group(1)] = value.group(1) if value else ""
    for name, body in re.findall(r'<select name="(lines-[^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen.group(1) if chosen else re.search(r'value="([^"]*)"', body).group(1)
    return found


def stored(ctx, style):
    ctx.session.rollback()
    ctx.session.expire_all()
    return [(r["material"], r["sizes"], r["consumption"]) for r in bom_of(ctx, style).rows]


FIRST = ("FAB", {"S": "0.15", "M": "0.16", "L": "0.17"}, "")


def test_the_page_of_a_style(client_as, style):
    text = client_as("merch").get(f"/catalog/style/{style.id}").get_data(as_text=True)
    assert all(word in text for word in ("NVY", "WHT", "<span>M</span>", "0.16", "version 1"))
    assert f"/catalog/style/{style.id}/bom" in text


def test_the_matrix_is_saved_as_it_was_read(client_as, style, ctx):
    client = client_as("merch")
    page = client.get(f"/catalog/style/{style.id}/bom")
    done = client.post(f"/catalog/style/{style.id}/bom", data={**fields(page), **tokens(page)})
    assert (done.status_code, done.location) == (302, f"/catalog/style/{style.id}")
    assert stored(ctx, style) == [FIRST]
    assert style.bom_version == 1


def test_a_row_is_added_and_one_removed(client_as, style, ctx):
    client = client_as("merch")
    page = client.get(f"/catalog/style/{style.id}/bom")
    data = {
        **fields(page),
        **tokens(page),
        "lines-0-_delete": "1",
        "lines-1-material": "lbl",
        "lines-1-consumption": "1",
    }
    assert client.post(f"/catalog/style/{style.id}/bom", data=data).status_code == 302
    assert stored(ctx, style) == [("LBL", {"S": "", "M": "", "L": ""}, "1")]


def test_a_mistake_is_marked_at_its_cell_and_everything_typed_is_still_there(client_as, style, ctx):
    client = client_as("merch")
    page = client.get(f"/catalog/style/{style.id}/bom")
    typed = {
        "lines-0-sizes.M": "-5", "lines-1-material": "LBL", "lines-1-consumption": "1", "lines-1-place": "<neck>",
        "lines-2-wastage_pct": "4", "lines-1-color_rule": "rainbow",
    }  # fmt: skip
    answer = client.post(f"/catalog/style/{style.id}/bom", data={**fields(page), **tokens(page), **typed})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    for cell in ("lines-0-sizes.M", "lines-1-color_rule", "lines-2-material"):
        assert f'id="e-{cell}"' in text
        assert re.search(rf'name="{cell}"[^>]*aria-invalid="true"', text)
    assert "At least 0." in text
    again = fields(answer)
    assert {k: again[k] for k in typed} == {**typed, "lines-1-place": "&lt;neck&gt;"}
    assert again["lines-0-sizes.S"] == "0.15"
    assert stored(ctx, style) == [FIRST]


def test_a_second_persons_change_is_shown_before_mine_is_saved_over_it(client_as, style, ctx):
    amy, ben = client_as("merch"), client_as("mgr")
    address = f"/catalog/style/{style.id}/bom"
    hers, his = amy.get(address), ben.get(address)
    assert (
        amy.post(address, data={**fields(hers), **tokens(hers), "lines-0-sizes.M": "0.165"}).status_code
        == 302
    )
    mine = {**fields(his), **tokens(his), "lines-0-sizes.M": "0.169"}
    answer = ben.post(address, data=mine)
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "T1 was changed by Merch" in text
    assert "M 0.165" in text
    assert fields(answer)["lines-0-sizes.M"] == "0.169"
    assert stored(ctx, style)[0][1]["M"] == "0.165"
    again = ben.post(address, data={**fields(answer), **tokens(answer), "_mine": "1"})
    final = ben.post(address, data={**fields(again), **tokens(again)})
    assert final.status_code == 302
    assert stored(ctx, style)[0][1]["M"] == "0.169"


def test_a_table_with_headings_fills_the_rows_but_saves_nothing(client_as, style, ctx):
    client = client_as("merch")
    page = client.get(f"/catalog/style/{style.id}/bom")
    table = "material\tS\tM\tL\tcolour rule\nFAB\t1\t2\tx\tfixed:WHT\n"
    for how, rows in (("add", 2), ("replace", 1)):
        data = {**fields(page), **tokens(page), "lines_sheet": table, "_fill": how}
        answer = client.post(f"/catalog/style/{style.id}/bom", data=data)
        assert answer.status_code == 200
        found = fields(answer)
        last = f"lines-{rows - 1}-"
        assert (found[last + "material"], found[last + "sizes.L"]) == ("FAB", "x")
        assert (found[last + "color_rule"], found[last + "colors"]) == ("fixed", "WHT")
        assert found[f"lines-{rows}-material"] == ""
    assert stored(ctx, style) == [FIRST]
    wrong = client.post(f"/catalog/style/{style.id}/bom", data={**data, "lines_sheet": "stuff\tXXL\n1\t2"})
    assert wrong.status_code == 422
    assert "no column of this table is called so" in wrong.get_data(as_text=True)
    assert "stuff\tXXL" in wrong.get_data(as_text=True)


def test_a_purchaser_sees_the_matrix_and_cannot_change_it(client_as, style, ctx):
    client, other = client_as("purch"), client_as("merch")
    address = f"/catalog/style/{style.id}/bom"
    text = client.get(address).get_data(as_text=True)
    assert "0.16" in text
    assert 'name="lines-0-material"' not in text
    page = other.get(address)
    sent = {**fields(page), **tokens(page), "lines-0-sizes.M": "9"}
    sent["csrf_token"] = re.search(r'name="csrf_token" value="([^"]*)"', text).group(1)
    assert client.post(address, data=sent).status_code == 403
    assert stored(ctx, style) == [FIRST]


def test_somebody_elses_style_is_not_there(client_as, style, other_tenant):
    for address in (f"/catalog/style/{style.id}", f"/catalog/style/{style.id}/bom"):
        assert client_as("merch", other_tenant).get(address).status_code == 404


def test_every_list_and_form_of_the_catalog_opens(client_as, style, hub):
    client = client_as("merch,purch,mgr")
    for name, entity in hub.registry.entities.items():
        if entity.plugin == "catalog":
            base = "/" + name.replace(".", "/")
            for tail in ("/", "/?q=a", "/new"):
                assert client.get(base + tail).status_code == 200, base + tail


def test_a_list_says_choices_in_words(client_as, style):
    text = client_as("purch").get("/catalog/material/").get_data(as_text=True)
    assert "Main material" in text
    assert ">main<" not in text


def test_many_rows_are_asked_for_and_saved_as_few_are(client_as, style, ctx, count_queries):
    client, address = client_as("merch"), f"/catalog/style/{style.id}/bom"
    counts = []
    for many in (2, 30):
        with count_queries() as opened:
            page = client.get(address)
        rows = {f"lines-{n}-{name}": text for n in range(many) for name, text in (
            ("material", "LBL" if n % 2 else "fab"), ("place", f"part {n}"), ("consumption", f"0.{many}{n + 1}"),
            ("color_rule", "none" if n % 2 else "map"), ("colors", "" if n % 2 else "NVY=WHT, WHT=NVY"))}  # fmt: skip
        with count_queries() as saved:
            assert client.post(address, data={**tokens(page), **rows}).status_code == 302
        counts.append((opened.count, saved.count))
    few, lots = counts
    assert len(stored(ctx, style)) == 30
    assert lots[0] <= few[0] + 1, "colours of a table are asked for where there is one"
    assert lots[1] <= few[1] + 2, "lines and sizes that go, lines that change"
