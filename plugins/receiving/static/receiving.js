// The receiving sheet works without this file; it makes scanning quicker.
(() => {
  "use strict";
  const scan = document.querySelector("[data-scan]"), said = document.querySelector("[data-scan-said]");
  const rows = [...document.querySelectorAll("[data-scan-row]")];
  const quantity = (row) => row.querySelector("input[name$='-received']");
  const phone = window.matchMedia("(max-width: 760px)");
  let last = "", at = -1, scanned = phone.matches;

  // what a row is known by: order, material, colour, size, destination, and the rolls of its packing list
  const names = (row) => {
    const rolls = row.querySelector("textarea[name$='-rolls']").value.split("\n").map((line) => line.split("\t")[0].trim());
    return `${row.dataset.scanRow} ${rolls.join(" ")}`.toUpperCase().split(/\s+/).filter(Boolean);
  };
  const find = (text) => {
    const words = text.trim().toUpperCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const known = rows.map((row) => [row, names(row)]);
    const exact = known.filter(([, mine]) => words.every((word) => mine.includes(word)));
    // a whole code before a part of one: TAG is not PRICE-TAG
    const found = exact.length ? exact : known.filter(([, mine]) => words.every((word) => mine.some((name) => name.includes(word))));
    return found.map(([row]) => row);
  };
  const go = (row) => {
    rows.forEach((each) => each.classList.toggle("found", each === row));
    const input = quantity(row);
    input.focus(); input.select();
    row.scrollIntoView({ block: phone.matches ? "start" : "center" });
  };

  // a scanner types a code and Enter: go to the line; the same code again goes to the next line that fits
  if (scan) scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const fits = find(scan.value);
    if (!fits.length) {
      // the server may know it, by a roll received before; but nothing typed into the sheet is left behind for that
      const typed = rows.some((row) => quantity(row).value.trim());
      if (typed) { event.preventDefault(); said.textContent = `${scan.value.trim()}: ${said.dataset.none}`; scan.select(); }
      return;
    }
    event.preventDefault();
    at = scan.value === last ? (at + 1) % fits.length : 0;
    last = scan.value;
    said.textContent = "";
    scan.value = "";
    scanned = true;
    go(fits[at]);
  });
  // the page of what was scanned opens with the cursor where it is needed
  if (scan && scan.value && rows.length && !document.querySelector("[aria-invalid]")) { scanned = true; go(find(scan.value)[0] || rows[0]); scan.value = ""; }

  // Enter in a quantity goes back to the scanner where one is used; else to the line below, as in every table
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && scanned && scan && event.target.matches("input[name$='-received']")) scan.focus();
  });
})();
