// The receiving sheet works without this file; it makes scanning quicker.
(() => {
  "use strict";
  const rows = [...document.querySelectorAll("[data-scan-row]")];
  const quantity = (row) => row.querySelector("input[name$='-received']");

  // what a row is known by: order, material, colour, size, destination, and the rolls of its packing list
  const names = (row) => {
    const rolls = row.querySelector("textarea[name$='-rolls']").value.split("\n").map((line) => line.split("\t")[0].trim());
    return `${row.dataset.scanRow} ${rolls.join(" ")}`;
  };
  window.scanInto(() => rows.map((row) => [quantity(row), names(row)]), {
    show: (input) => rows.forEach((row) => row.classList.toggle("found", row.contains(input))),
    // the server may know it, by a roll received before; but nothing typed into the sheet is left behind for that
    ask: () => !rows.some((row) => quantity(row).value.trim()),
  });
})();
