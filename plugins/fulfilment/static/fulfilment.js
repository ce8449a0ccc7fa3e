// The sheet works without this file; it makes scanning quicker.
(() => {
  "use strict";
  const scan = document.querySelector("[data-scan]"), said = document.querySelector("[data-scan-said]");
  if (!scan) return;
  const phone = window.matchMedia("(max-width: 760px)");
  const cells = [...document.querySelectorAll("tr[data-value=received] input.pcs[data-size]")];
  let last = "", at = -1, scanned = phone.matches;

  // what a cell is known by: everything its block and its row are called, and its size
  const names = (input) => {
    const head = input.closest("[data-block]").querySelector(".block-head"), row = input.closest("tr").querySelector("th");
    return `${head.textContent} ${row.textContent} ${input.dataset.size}`.toUpperCase().split(/[\s·→]+/).filter(Boolean);
  };
  const known = cells.map((input) => [input, names(input)]);
  const find = (text) => {
    const words = text.trim().toUpperCase().split(/[\s·→]+/).filter(Boolean);
    if (!words.length) return [];
    const exact = known.filter(([, mine]) => words.every((word) => mine.includes(word)));
    // a whole code before a part of one: TAG is not PRICE-TAG
    const found = exact.length ? exact : known.filter(([, mine]) => words.every((word) => mine.some((name) => name.includes(word))));
    return found.map(([input]) => input);
  };

  // a scanner types a code and Enter: go to the cell; the same code again goes to the next one that fits
  scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const fits = find(scan.value);
    if (!fits.length) {
      said.textContent = scan.value.trim() ? `${scan.value.trim()}: ${said.dataset.none}` : "";
      scan.select();
      return;
    }
    at = scan.value === last ? (at + 1) % fits.length : 0;
    last = scan.value;
    said.textContent = "";
    scan.value = "";
    scanned = true;
    fits[at].focus(); fits[at].select();
    fits[at].scrollIntoView({ block: phone.matches ? "start" : "center" });
  });

  // Enter in a cell goes back to the scanner where one is used
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && scanned && event.target.matches("input.pcs")) { event.preventDefault(); event.stopPropagation(); scan.focus(); }
  }, true);
})();
