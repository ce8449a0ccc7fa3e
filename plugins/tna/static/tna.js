/* A narrow picture shows today first. Drag a diamond, or move it with the arrow keys, to another day; letting go (or Enter) opens the form that asks why. */
(() => {
  "use strict";
  const iso = (day) => day.toISOString().slice(0, 10);
  const moved = (link, days) => { const day = new Date(`${link.dataset.move}T00:00:00Z`); day.setUTCDate(day.getUTCDate() + days); return iso(day); };
  for (const today of document.querySelectorAll(".gantt .g-today")) {  // a narrow window starts shortly before today
    const box = today.closest(".gantt"), x = today.getBBox().x, names = box.querySelector(".g-names");
    if (box.scrollWidth > box.clientWidth) box.scrollLeft = Math.max(0, x - (box.clientWidth - names.offsetWidth) / 3);
  }
  for (const link of document.querySelectorAll("svg a[data-move]")) {
    const px = Number(link.dataset.px), address = link.getAttribute("href");
    let from = null, days = 0;
    const show = () => {
      link.setAttribute("transform", `translate(${days * px} 0)`);
      link.setAttribute("href", days ? `${address}&target=${moved(link, days)}` : address);
      let title = link.querySelector("title");
      if (!title) { title = document.createElementNS("http://www.w3.org/2000/svg", "title"); link.prepend(title); }
      title.textContent = moved(link, days);
    };
    const label = link.getAttribute("aria-label");
    link.addEventListener("dragstart", (event) => event.preventDefault());
    link.addEventListener("pointerdown", (event) => { if (event.button) return; from = event.clientX; link.setPointerCapture(event.pointerId); });
    link.addEventListener("pointermove", (event) => { if (from === null) return; days = Math.round((event.clientX - from) / px); show(); });
    link.addEventListener("pointerup", () => { const go = from !== null && days; from = null; if (go) location.href = link.getAttribute("href"); });
    link.addEventListener("pointercancel", () => { from = null; days = 0; show(); });
    link.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight" && event.key !== "Escape") return;
      event.preventDefault();
      days = event.key === "Escape" ? 0 : days + (event.key === "ArrowRight" ? 1 : -1);
      show();
      link.setAttribute("aria-label", days ? `${label} → ${moved(link, days)}` : label);
    });
  }
})();
