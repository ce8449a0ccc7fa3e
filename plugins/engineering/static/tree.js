// The tree of a BOM works without this file; it shows depth while levels are typed, and moves a row with all below it.
(() => {
  "use strict";
  const table = document.querySelector("[data-lines]");
  if (!table) return;
  const body = table.tBodies[0];
  const input = (row) => row.querySelector("td.c-level input");
  const level = (row) => Number(input(row)?.value) || 1;
  const show = () => {
    for (const row of body.rows) {
      row.className = row.className.replace(/\bdepth-\d+\b/g, "").trim();
      row.classList.add(`depth-${Math.min(6, level(row))}`);
    }
  };
  // a row and those deeper than it that follow
  const branch = (row) => {
    const found = [row], depth = level(row);
    for (let next = row.nextElementSibling; next && input(next) && level(next) > depth; next = next.nextElementSibling) found.push(next);
    return found;
  };
  table.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const row = event.target.closest("tr");
    if (!row || !input(row)) return;
    event.preventDefault(); event.stopPropagation();
    const step = event.key === "ArrowRight" ? 1 : -1, above = row.previousElementSibling;
    if (step === 1 ? !above || level(row) > level(above) : level(row) < 2) return;
    for (const each of branch(row)) input(each).value = level(each) + step;
    input(row).dispatchEvent(new Event("input", { bubbles: true }));
  }, true);
  // a new row stands on the level of the one above it
  new MutationObserver((changes) => {
    for (const change of changes) for (const row of change.addedNodes) {
      if (row.nodeName === "TR" && row.previousElementSibling && input(row)) input(row).value = level(row.previousElementSibling);
    }
    show();
  }).observe(body, { childList: true });
  table.addEventListener("input", show);
  show();
})();
