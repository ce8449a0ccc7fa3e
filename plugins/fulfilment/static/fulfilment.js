// The sheet works without this file; it makes scanning quicker.
(() => {
  "use strict";
  const cells = [...document.querySelectorAll("tr[data-value=received] input.pcs[data-size]")];

  // what a cell is known by: everything its block and its row are called, and its size
  window.scanInto(() => cells.map((input) => {
    const head = input.closest("[data-block]").querySelector(".block-head"), row = input.closest("tr").querySelector("th");
    return [input, `${head.textContent} ${row.textContent} ${input.dataset.size}`];
  }));
})();
