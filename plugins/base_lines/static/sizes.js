// Colours × sizes work without this file; it adds sums while typing, keys, "=" without reloading, copying and pasting, taking back.
(() => {
  "use strict";
  const form = document.querySelector("form[data-sizes]");
  if (!form) return;
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const show = new Intl.NumberFormat("en-US");
  const pieces = (input) => { const n = window.hub.number(input.value); return Number.isInteger(n) && n > 0 ? n : 0; };
  const gone = (part) => Boolean(part.closest(".gone"));

  // sums: of rows, sizes, blocks and the whole; amounts where a block has a price
  const text = (cell, value) => { if (cell && cell.textContent !== value) cell.textContent = value; };
  const count = () => {
    let grand = 0, amount = 0;
    for (const block of all(".block")) {
      const sizes = {};
      let total = 0;
      const first = (block.querySelector("tr[data-value]") || { dataset: {} }).dataset.value;
      for (const row of all("tr[data-row]", block)) {
        let sum = 0;
        for (const input of all("input[data-size]", row)) {
          const n = gone(row) ? 0 : pieces(input);
          sum += n;
          if (row.dataset.value === first) sizes[input.dataset.size] = (sizes[input.dataset.size] || 0) + n;
        }
        text(row.querySelector("[data-row-total]"), show.format(sum));
        if (row.dataset.value === first) total += sum;
      }
      for (const cell of all("[data-size-total]", block)) text(cell, show.format(sizes[cell.dataset.sizeTotal] || 0));
      text(block.querySelector("[data-block-total]"), show.format(total));
      grand += total;
      const own = block.querySelector("[data-price]"), other = block.dataset.priceAt && form.elements[block.dataset.priceAt];
      const price = own && own.value.trim() ? own : other;
      if (price) amount += Math.round(total * window.hub.number(price.value) * 100) / 100;
    }
    text(form.querySelector("[data-grand-total]"), show.format(grand));
    text(form.querySelector("[data-amount-total]"), amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }));
  };

  // Tab goes through sizes only; everything in a row is reached by arrows
  const inner = "input:not([type=hidden]), select, button, a";
  const calm = () => { for (const item of all(`table.sizes :is(${inner})`)) item.tabIndex = item.matches("input[data-size]") ? 0 : -1; };

  // what was pasted, filled or taken can be taken back in one step; typing in a cell is the browser's own
  const past = [];
  const put = (input, value) => {
    const before = input.value;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return [input, before];
  };
  const change = (pairs) => {
    const done = pairs.filter(([input, value]) => input && input.value !== value).map(([input, value]) => put(input, value));
    if (done.length) past.push(done);
  };
  const takeBack = () => { for (const [input, value] of (past.pop() || []).reverse()) put(input, value); };

  // "=": all that is left, of a row, a block or everything
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=_take]");
    if (!button) return;
    event.preventDefault();
    const what = button.value.split(":")[0];
    const where = what === "row" ? button.closest("tr") : what === "block" ? button.closest(".block") : form;
    change(all("input[data-left]", where).filter((input) => input.dataset.left !== "0").map((input) => [input, input.dataset.left]));
  });

  // cells by place: a table of rows and columns as they stand on the page
  const rowsOf = (table) => [...table.tBodies[0].rows];
  const cellsOf = (row) => all("input[data-size]", row);
  const extent = (row) => all(inner, row);
  const focus = (item) => { if (item) { item.focus(); if (item.select) item.select(); item.scrollIntoView({ block: "nearest", inline: "nearest" }); } };
  const column = (input) => input.closest("td").cellIndex - (input.closest("tr").querySelector("th") ? 0 : -1);
  const below = (input, step, alike = false) => {
    const kind = input.closest("tr").dataset.value;
    const rows = all("table.sizes tbody tr").filter((row) => !gone(row) && (!alike || row.dataset.value === kind));
    const own = input.closest("tr"), size = input.dataset.size, at = column(input);
    for (let n = rows.indexOf(own) + step; rows[n]; n += step) {
      const same = size ? cellsOf(rows[n]).find((other) => other.dataset.size === size)
        : extent(rows[n]).find((other) => !other.dataset.size && column(other) === at);
      if (same) return same;
      if (size && rows[n].closest("table") !== own.closest("table") && cellsOf(rows[n]).length) return cellsOf(rows[n])[0];
    }
    return null;
  };
  const edge = (input, left) => input.selectionStart === null || input.selectionStart === undefined || (input.selectionStart === 0 && input.selectionEnd === input.value.length)
    || (input.selectionStart === input.selectionEnd && input.selectionStart === (left ? 0 : input.value.length));

  // marked cells: from the one where Shift was held first to the one reached
  let anchor = null, head = null;
  const unmark = () => { anchor = head = null; for (const cell of all(".picked")) cell.classList.remove("picked"); };
  const marked = () => {
    if (!anchor || !head) return [];
    const rows = rowsOf(anchor.closest("table")), order = [anchor, head];
    const [top, bottom] = order.map((i) => rows.indexOf(i.closest("tr"))).sort((a, b) => a - b);
    const [left, right] = order.map(column).sort((a, b) => a - b);
    return rows.slice(top, bottom + 1).map((row) => cellsOf(row).filter((i) => column(i) >= left && column(i) <= right)).filter((row) => row.length);
  };
  const mark = (to) => {
    if (!to || to.closest("table") !== anchor.closest("table")) return;
    head = to;
    for (const cell of all(".picked")) cell.classList.remove("picked");
    for (const cell of marked().flat()) cell.classList.add("picked");
  };

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.closest || !input.closest("table.sizes tbody")) return;
    const row = input.closest("tr"), control = event.ctrlKey || event.metaKey;
    if (control && !event.altKey && event.key === "d") {
      event.preventDefault();
      const picked = marked();
      const from = picked.length > 1 ? picked[0] : [below(input, -1, true)];
      const into = picked.length > 1 ? picked.slice(1) : [[input]];
      change(into.flatMap((cells) => cells.map((cell, i) => [cell, from[i] ? from[i].value : cell.value])));
    } else if (control && event.key === "z" && past.length) {
      event.preventDefault();
      takeBack();
    } else if (control || event.altKey) {
      return;
    } else if (event.key === "=" && input.dataset.left !== undefined) {
      event.preventDefault();
      change([[input, input.dataset.left === "0" ? "" : input.dataset.left]]);
    } else if (["Delete", "Backspace"].includes(event.key) && marked().flat().length > 1) {
      event.preventDefault();
      change(marked().flat().map((cell) => [cell, ""]));
    } else if (["ArrowUp", "ArrowDown", "Enter"].includes(event.key)) {
      if (event.key === "Enter" && !input.matches("input:not([type=checkbox])")) return;
      event.preventDefault();
      event.stopPropagation();
      const to = below(event.shiftKey && head ? head : input, event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey) ? -1 : 1, event.key === "Enter");
      if (event.shiftKey && event.key !== "Enter" && input.dataset.size) { anchor = anchor || input; mark(to); return; }
      unmark();
      focus(to);
    } else if (["ArrowLeft", "ArrowRight"].includes(event.key)) {
      const step = event.key === "ArrowLeft" ? -1 : 1;
      if (event.shiftKey && input.dataset.size) {
        event.preventDefault();
        anchor = anchor || input;
        const cells = cellsOf((head || input).closest("tr"));
        mark(cells[cells.indexOf(head || input) + step]);
        return;
      }
      if (!edge(input, step < 0)) return;
      const cells = extent(row);
      event.preventDefault();
      unmark();
      focus(cells[cells.indexOf(input) + step]);
    }
  });
  form.addEventListener("focusin", (event) => { if (event.target.matches("input.pcs")) event.target.select(); });
  form.addEventListener("pointerdown", unmark);
  form.addEventListener("copy", (event) => {
    const picked = marked();
    if (picked.flat().length < 2) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", picked.map((cells) => cells.map((cell) => cell.value).join("\t")).join("\n"));
  });

  // cells of a spreadsheet go in from here on; with headings the server reads the sheet, it knows every word for them
  form.addEventListener("paste", (event) => {
    const input = event.target.closest("table.sizes input");
    const typed = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!input || !typed || !/[\t\n]/.test(typed.trimEnd())) return;
    event.preventDefault();
    event.stopPropagation();
    const lines = typed.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t").map((cell) => cell.trim()));
    const sheet = form.querySelector("[data-sheet]"), sizes = new Set(all("input[data-size]").map((i) => i.dataset.size.toLowerCase()));
    if (sheet && lines.length > 1 && lines[0].some((cell) => /[^\d.,'\s-]/.test(cell)) && lines[0].some((cell) => sizes.has(cell.toLowerCase()))) {
      sheet.value = typed;
      sheet.closest("details").open = true;
      form.requestSubmit(form.querySelector("[name=_fill]"));
      return;
    }
    const pairs = [];
    let row = input.closest("tr");
    const start = extent(row).filter((item) => item.matches("input")).indexOf(input), kind = row.dataset.value;
    for (const line of lines) {
      while (row && row.dataset.value !== kind) row = row.nextElementSibling;
      if (!row && form.dataset.draw) row = addRow(input.closest(".block"));
      if (!row) break;
      const cells = extent(row).filter((item) => item.matches("input"));
      line.forEach((value, i) => { if (cells[start + i]) pairs.push([cells[start + i], value]); });
      row = row.nextElementSibling;
    }
    change(pairs);
  });

  // blocks and rows that are added come from the server, so that there is one way to write them
  const next = (prefix) => 1 + Math.max(-1, ...all(`[name^="${prefix}-"]`).map((i) => Number(i.name.split("-")[1]) || 0));
  const draw = async (data) => {
    data.set("csrf_token", form.elements.csrf_token.value);
    data.set("first_row", String(next("lines")));
    const reply = await fetch(form.dataset.draw, { method: "POST", body: data });
    if (!reply.ok) return null;
    const box = document.createElement("div");
    box.innerHTML = await reply.text();
    return box.querySelector(".block");
  };
  const sent = (block) => {
    const data = new FormData();
    for (const input of all("[name]", block)) if (input.type !== "checkbox" || input.checked) data.set(input.name, input.value);
    return data;
  };
  const redraw = async (block) => {
    const fresh = await draw(sent(block));
    if (!fresh) return;
    const inside = block.contains(document.activeElement) ? document.activeElement.name : "";
    block.replaceWith(fresh);
    const again = inside && fresh.querySelector(`[name="${CSS.escape(inside)}"]`);
    if (again && !again.matches("[data-by]")) again.focus();
    else if (inside) focus(fresh.querySelector("input[data-size]"));
  };
  const addBlock = async () => {
    const index = next("blocks"), last = all(".block").at(-1), data = new FormData();
    for (const input of last ? all(".block-head [name^='blocks-']", last) : []) {
      const name = input.name.replace(/^blocks-\d+-/, "");
      if (["destination", "ship_date"].includes(name)) data.set(`blocks-${index}-${name}`, input.value);
    }
    data.set(`blocks-${index}-style`, "");
    const fresh = await draw(data);
    if (!fresh) return;
    form.querySelector("[data-blocks]").append(fresh);
    focus(fresh.querySelector("[data-by]"));
  };
  const addRow = (block) => {
    const body = block.querySelector("tbody"), row = body.lastElementChild.cloneNode(true), index = next("lines");
    row.dataset.row = String(index);
    row.classList.remove("gone");
    for (const extra of all("[name$='-id'], .error, small", row)) extra.remove();
    for (const span of all(".name .muted", row)) span.textContent = "";
    for (const input of all("[name]", row)) {
      input.name = input.name.replace(/^lines-\d+-/, `lines-${index}-`);
      for (const said of ["aria-invalid", "aria-describedby"]) input.removeAttribute(said);
      if (input.type === "checkbox") input.checked = false;
      else if (!input.name.endsWith("-block")) input.value = "";
    }
    body.append(row);
    return row;
  };
  if (form.dataset.draw) {
    form.addEventListener("change", (event) => { if (event.target.matches("[data-by]")) redraw(event.target.closest(".block")); });
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-add]");
      if (!button) return;
      event.preventDefault();
      if (button.dataset.add === "block") addBlock();
      else focus(addRow(button.closest(".block")).querySelector(".name input:not([type=hidden])"));
    });
  }

  form.addEventListener("input", count);
  form.addEventListener("change", count);

  // a block that is to be removed
  const removal = (tick) => tick.closest(".block").classList.toggle("gone", tick.checked);
  for (const tick of all(".block-head input[name$='-remove']")) removal(tick);
  form.addEventListener("change", (event) => { if (event.target.matches(".block-head input[name$='-remove']")) { removal(event.target); count(); } });
  new MutationObserver(() => { calm(); count(); }).observe(form.querySelector("[data-blocks]"), { childList: true, subtree: true, attributeFilter: ["class"] });
  calm();
  count();
})();
