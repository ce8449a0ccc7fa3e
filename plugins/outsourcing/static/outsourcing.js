// Adding work: running sums. The page works without this file.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const number = new Intl.NumberFormat("en-US");
  const whole = (text) => { const n = window.hub.number(text); return Number.isInteger(n) && n > 0 ? n : 0; };

  const work = document.getElementById("work");
  if (work) {
    const picks = () => all("input[name=pick]", work);
    const count = () => {
      const chosen = picks().filter((box) => box.checked);
      const share = Math.min(100, whole(work.elements.share.value || "100") || 100);
      work.querySelector("[data-picked]").textContent = number.format(chosen.length);
      const pieces = chosen.reduce((sum, box) => sum + Math.round((Number(box.dataset.pcs) * share) / 100), 0);
      work.querySelector("[data-picked-pcs]").textContent = number.format(pieces);
      for (const order of all("[data-order]", work)) {
        const own = all("input[name=pick]:not(:disabled)", order), top = order.querySelector("[data-all]");
        top.checked = own.length > 0 && own.every((box) => box.checked);
        top.indeterminate = !top.checked && own.some((box) => box.checked);
      }
    };
    work.addEventListener("change", (event) => {
      if (event.target.matches("[data-all]")) {
        const order = event.target.closest("[data-order]");
        for (const box of all("input[name=pick]:not(:disabled)", order)) box.checked = event.target.checked;
      }
      count();
    });
    // a box says "input" before "change": counting then would take back the tick of a whole order
    work.addEventListener("input", (event) => { if (event.target.type !== "checkbox") count(); });
    // up and down go through the boxes, the space bar ticks
    work.addEventListener("keydown", (event) => {
      if (event.target.type !== "checkbox" || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
      const boxes = all("input[type=checkbox]:not(:disabled)", work);
      const next = boxes[boxes.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      event.preventDefault();
      if (next) next.focus();
    });
    count();
  }
})();
