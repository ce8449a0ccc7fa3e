// Pasting into the matrix: choices take a word or a code, and a colour rule such as fixed:BLK fills its two cells.
(() => {
  "use strict";
  const box = document.querySelector("[data-rows='bom']");
  if (!box) return;
  const plain = (text) => text.trim().toLowerCase();
  const choose = (select, text) => {
    const wanted = plain(text);
    const found = [...select.options].find((o) => plain(o.value) === wanted || plain(o.text) === wanted);
    if (!found && wanted) select.add(new Option(text.trim(), text.trim()));
    select.value = found ? found.value : text.trim();
  };
  const cells = (row) => [...row.querySelectorAll("td input:not([type=hidden]):not([name$='-_delete']), td select")];
  const put = (row, cell, text) => {
    const rule = cell.name.endsWith("-color_rule") && /^\s*(fixed|map)\s*:\s*(.+)$/i.exec(text);
    if (rule) {
      choose(cell, rule[1]);
      const detail = row.querySelector("[name$='-color_detail']");
      detail.value = rule[2].trim();
      return detail;
    }
    if (cell.type === "checkbox") cell.checked = /^(1|y|yes|true|是|v|✓)$/i.test(text.trim());
    else if (cell.tagName === "SELECT") choose(cell, text);
    else cell.value = text.trim();
    cell.dispatchEvent(new Event("input", { bubbles: true }));
    return null;
  };
  box.addEventListener("paste", (event) => {
    const start = event.target.closest("input");
    const text = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!start || !text || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    event.stopPropagation();
    let row = start.closest("tr");
    const from = cells(row).indexOf(start);
    for (const line of text.replace(/\r/g, "").replace(/\n+$/, "").split("\n")) {
      if (!row) {
        box.querySelector("[data-add-row]").click();
        row = box.querySelector("tbody tr:last-child");
      }
      const own = cells(row);
      let filled = null;
      line.split("\t").forEach((value, i) => {
        const cell = own[from + i];
        if (!cell || (cell === filled && !value.trim())) return;
        filled = put(row, cell, value);
      });
      row = row.nextElementSibling;
    }
    start.focus();
  });
})();
