// The receiving sheet works without this file; it makes scanning and typing quicker.
(() => {
  "use strict";
  const rows = [...document.querySelectorAll("[data-scan-row]")];
  const scan = document.querySelector("[data-scan]"), said = document.querySelector("[data-scan-said]");
  let last = "", at = -1;
  // a scanner types a code and Enter: go to the line; the same code again goes to the next line that fits
  if (scan) scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const words = scan.value.trim().toUpperCase().split(/\s+/).filter(Boolean);
    const fits = rows.filter((row) => words.length && words.every((w) => row.dataset.scanRow.toUpperCase().includes(w)));
    if (!fits.length) { if (said && rows.length) said.textContent = said.dataset.none; return; }
    event.preventDefault();
    at = scan.value === last ? (at + 1) % fits.length : 0;
    last = scan.value;
    if (said) said.textContent = "";
    rows.forEach((row) => row.classList.toggle("found", row === fits[at]));
    const input = fits[at].querySelector("[data-received]");
    fits[at].scrollIntoView({ block: "center" });
    input.focus(); input.select(); scan.value = "";
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const input = button.parentElement.querySelector("input");
    input.value = button.dataset.fill;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
  // Enter in the sheet goes on to the next line instead of posting half a delivery
  document.addEventListener("keydown", (event) => {
    const input = event.target.closest && event.target.closest(".sheet input[data-received]");
    if (!input || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const all = [...document.querySelectorAll(".sheet input[data-received]")];
    const next = all[all.indexOf(input) + 1];
    if (scan && window.matchMedia("(max-width: 760px)").matches) scan.focus(); else if (next) { next.focus(); next.select(); }
  });
})();
