// The entry grid of customer orders. The page works without this file; with it blocks appear without reloading,
// cells are reached by arrows and Enter, cells copied from a spreadsheet can be pasted, and totals follow the typing.
(() => {
  "use strict";
  const form = document.getElementById("entry");
  if (!form) return;
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const holder = form.querySelector("[data-all-blocks]");
  const number = new Intl.NumberFormat("en-US");
  const next = (prefix) => {
    const used = all(`[name^="${prefix}-"]`).map((i) => Number(i.name.split("-")[1]));
    return 1 + Math.max(-1, ...used);
  };

  // totals
  const pieces = (input) => {
    const n = window.hub.number(input.value);
    return Number.isInteger(n) && n > 0 ? n : 0;
  };
  const count = () => {
    let grand = 0;
    for (const block of all(".block")) {
      let total = 0;
      const sizes = {};
      for (const row of all("tr[data-row]", block)) {
        let sum = 0;
        if (!row.classList.contains("gone")) {
          for (const input of all(".pcs", row)) {
            const n = pieces(input);
            sum += n;
            sizes[input.dataset.size] = (sizes[input.dataset.size] || 0) + n;
          }
        }
        row.querySelector("[data-row-total]").textContent = number.format(sum);
        total += sum;
      }
      for (const cell of all("[data-size-total]", block)) cell.textContent = number.format(sizes[cell.dataset.sizeTotal] || 0);
      const foot = block.querySelector("[data-block-total]");
      if (foot) foot.textContent = number.format(total);
      grand += total;
    }
    form.querySelector("[data-grand-total]").textContent = number.format(grand);
  };

  // blocks come from the server, so that there is one template
  const draw = async (data) => {
    data.set("csrf_token", form.elements.csrf_token.value);
    data.set("first_row", String(next("lines")));
    const reply = await fetch(form.dataset.blocks, { method: "POST", body: data });
    if (!reply.ok) return null;
    const box = document.createElement("div");
    box.innerHTML = await reply.text();
    return box.querySelector(".block");
  };
  const redraw = async (block) => {
    const data = new FormData();
    for (const input of all("[name]", block)) if (input.type !== "checkbox" || input.checked) data.set(input.name, input.value);
    const fresh = await draw(data);
    if (!fresh) return;
    const inside = block.contains(document.activeElement) ? document.activeElement.name : "";
    block.replaceWith(fresh);
    count();
    const first = fresh.querySelector(".pcs");
    const again = inside && fresh.querySelector(`[name="${CSS.escape(inside)}"]`);
    if (again && !again.matches("[data-style]")) again.focus();
    else if (first && inside) first.focus();
  };
  const addBlock = async () => {
    const index = next("blocks");
    const last = all(".block").at(-1);
    const data = new FormData();
    data.set(`blocks-${index}-style`, "");
    if (last) {
      for (const name of ["destination", "ship_date"]) {
        data.set(`blocks-${index}-${name}`, form.elements[`blocks-${last.dataset.block}-${name}`].value);
      }
    }
    const fresh = await draw(data);
    if (!fresh) return;
    holder.append(fresh);
    fresh.querySelector("[data-style]").focus();
  };
  const addRow = (block) => {
    const body = block.querySelector("tbody");
    const row = body.lastElementChild.cloneNode(true);
    const index = next("lines");
    row.dataset.row = String(index);
    row.classList.remove("gone");
    for (const extra of all("[name$='-id'], .error, small", row)) extra.remove();
    row.querySelector(".color-name").textContent = "";
    for (const input of all("[name]", row)) {
      input.name = input.name.replace(/^lines-\d+-/, `lines-${index}-`);
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
      if (input.type === "checkbox") input.checked = false;
      else if (!input.name.endsWith("-block")) input.value = "";
    }
    body.append(row);
    return row;
  };

  form.addEventListener("input", (event) => { if (event.target.matches(".pcs")) count(); });
  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches("[data-style]")) redraw(input.closest(".block"));
    if (input.name && input.name.endsWith("-remove")) {
      input.closest("tr").classList.toggle("gone", input.checked);
      count();
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.add === "block") addBlock();
    else addRow(button.closest(".block")).querySelector(".color input:not([type=hidden])").focus();
  });

  // keys
  const cells = (row) => all("input:not([type=hidden]):not([type=checkbox])", row);
  const atEdge = (input, left) =>
    input.selectionStart === input.selectionEnd ? input.selectionStart === (left ? 0 : input.value.length)
      : input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const go = (input) => { if (input) { input.focus(); input.select(); } };
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.isComposing || !input.matches || !input.matches(".block input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = input.closest("tr[data-row]");
    if (!row) {
      if (event.key === "Enter" && !event.defaultPrevented) {
        event.preventDefault();
        go(input.closest(".block").querySelector(".pcs"));
      }
      return;
    }
    const place = cells(row).indexOf(input);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && input.matches(".pcs") && atEdge(input, step < 0)) {
      event.preventDefault();
      go(cells(row)[place + step]);
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      const rows = all("tr[data-row]");
      const other = rows[rows.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1)];
      if (other) go(cells(other)[Math.min(place, cells(other).length - 1)]);
    }
  });
  form.addEventListener("focusin", (event) => { if (event.target.matches(".pcs")) event.target.select(); });

  // cells from a spreadsheet
  form.addEventListener("paste", (event) => {
    const input = event.target;
    const row = input.closest("tr[data-row]");
    const text = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!row || !text || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const start = cells(row).indexOf(input);
    let to = row;
    for (const line of text.replace(/\r/g, "").replace(/\n+$/, "").split("\n")) {
      if (!to) to = addRow(row.closest(".block"));
      line.split("\t").forEach((value, i) => {
        const cell = cells(to)[start + i];
        if (cell) cell.value = value.trim();
      });
      to = to.nextElementSibling;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    count();
  });
})();
