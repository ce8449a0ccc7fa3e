// Tables of lines work without this file; it adds sums while typing, filling down, taking back, and pasting whole sheets.
(() => {
  "use strict";
  const show = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
  for (const table of document.querySelectorAll("[data-lines]")) {
    const body = table.tBodies[0];
    const form = table.closest("form");
    const cells = (row) => [...row.querySelectorAll("td input:not([type=hidden]):not([name$='-_delete']), td select")];
    const live = () => [...body.rows].filter((row) => !row.classList.contains("gone"));

    // sums
    const count = () => {
      for (const total of table.querySelectorAll("[data-total]")) {
        const name = total.dataset.total;
        let sum = 0;
        for (const row of live()) {
          for (const input of row.querySelectorAll(`td[data-sum="${name}"] input, input[data-sum="${name}"]`)) sum += window.hub.number(input.value);
          for (const cell of row.querySelectorAll(`[data-add="${name}"]`)) sum += Number(cell.dataset.value) || 0;
        }
        total.textContent = show.format(sum);
      }
    };

    // what was pasted or filled can be taken back in one step, typing in a cell is the browser's own
    const past = [];
    const remember = (changed) => { if (changed.length) past.push(changed); };
    const put = (input, value) => {
      const before = input.type === "checkbox" ? input.checked : input.value;
      if (input.type === "checkbox") input.checked = Boolean(value); else input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      return [input, before];
    };
    const takeBack = () => { for (const [input, value] of (past.pop() || []).reverse()) put(input, value); };

    table.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const input = event.target.closest("input, select");
      if (!input) return;
      if (event.key === "d") {
        const row = input.closest("tr"), above = row.previousElementSibling;
        if (!above) return;
        event.preventDefault();
        const at = cells(row).indexOf(input), from = cells(above)[at];
        if (from) remember([put(input, from.type === "checkbox" ? from.checked : from.value)]);
      } else if (event.key === "z" && past.length) {
        event.preventDefault();
        takeBack();
      }
    });
    // the values before a paste: the paste itself is the frame's own, after this one
    table.addEventListener("paste", (event) => {
      const text = event.clipboardData && event.clipboardData.getData("text/plain");
      if (event.target.tagName !== "INPUT" || !text || !/[\t\n]/.test(text.trimEnd())) return;
      const first = text.split(/\r?\n/)[0].split("\t");
      const sheet = form.querySelector("[data-sheet]");
      const heads = [...table.tHead.querySelectorAll("th")].map((th) => th.textContent.replace("*", "").trim().toLowerCase());
      if (sheet && first.filter((cell) => heads.includes(cell.trim().toLowerCase())).length >= 2) {
        // it has headings: the server knows them all
        event.preventDefault(); event.stopPropagation();
        sheet.value = text;
        form.requestSubmit(form.querySelector("[name=_fill]"));
        return;
      }
      const before = [...body.rows].flatMap(cells).map((input) => [input, input.type === "checkbox" ? input.checked : input.value]);
      setTimeout(() => remember(before.filter(([input, value]) => (input.type === "checkbox" ? input.checked : input.value) !== value)));
    });
    // all there is, for a cell and for a column; what was typed already stays
    table.addEventListener("click", (event) => {
      const button = event.target.closest("[data-fill]");
      if (!button) return;
      const input = button.parentElement.querySelector("input");
      remember([put(input, button.dataset.fill)]);
      input.focus();
    });
    for (const all of form.querySelectorAll("[data-all]")) all.addEventListener("click", (event) => {
      event.preventDefault();
      const buttons = [...body.querySelectorAll(`td.c-${all.dataset.all} [data-fill]`)].map((button) => [button.parentElement.querySelector("input"), button.dataset.fill]);
      remember(buttons.filter(([input]) => !input.value.trim()).map(([input, value]) => put(input, value)));
    });

    form.addEventListener("input", count);
    form.addEventListener("change", count);
    new MutationObserver(count).observe(body, { childList: true });
    count();
  }
})();
