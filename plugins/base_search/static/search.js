// The search box in the head of every page.
(() => {
  "use strict";
  const $ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // the search box of the header: groups of documents, chosen with the arrows
  const find = document.querySelector("[data-find]");
  if (!find) return;
  const hits = find.parentElement.querySelector(".find-hits");
  let wait = 0, turn = 0;
  const items = () => $("a", hits);
  const shut = () => { hits.hidden = true; find.setAttribute("aria-expanded", "false"); find.removeAttribute("aria-activedescendant"); };
  const text = (kind, name, words) => { const part = document.createElement(kind); if (name) part.className = name; part.textContent = words; return part; };
  const draw = (groups) => {
    hits.replaceChildren();
    let number = 0;
    for (const group of groups) {
      const box = document.createElement("div");
      box.setAttribute("role", "group"); box.setAttribute("aria-label", group.kind);
      const head = text("div", "find-kind", group.kind); head.setAttribute("aria-hidden", "true"); box.append(head);
      for (const hit of group.hits) {
        const a = document.createElement("a");
        a.href = hit.href; a.id = `find-${number++}`; a.tabIndex = -1; a.setAttribute("role", "option");
        a.append(text("b", "", hit.label));
        if (hit.state) a.insertAdjacentHTML("beforeend", hit.state);
        a.append(text("span", "", hit.title), text("span", "muted", hit.partner));
        box.append(a);
      }
      hits.append(box);
    }
    if (!number) { hits.append(text("p", "muted", hits.dataset.none)); }
    hits.hidden = false; find.setAttribute("aria-expanded", "true");
  };
  let begun = 0;  // a scanner types a whole code faster than anybody's hand
  find.addEventListener("input", (event) => {
    if (find.value.length === 1) begun = event.timeStamp;
    clearTimeout(wait);
    const mine = ++turn;
    if (!find.value.trim()) { shut(); return; }
    wait = setTimeout(async () => {
      const reply = await fetch(`/search?json=1&q=${encodeURIComponent(find.value)}`);
      if (!reply.ok) return;
      const found = await reply.json();
      if (mine === turn && document.activeElement === find) draw(found);
    }, 150);
  });
  find.addEventListener("keydown", (event) => {
    const all = items(), now = all.findIndex((i) => i.getAttribute("aria-selected") === "true");
    if (["ArrowDown", "ArrowUp"].includes(event.key) && all.length && !hits.hidden) {
      event.preventDefault();
      const next = all[event.key === "ArrowDown" ? (now + 1) % all.length : (now <= 0 ? all.length : now) - 1];
      all.forEach((i) => i.removeAttribute("aria-selected"));
      next.setAttribute("aria-selected", "true"); next.scrollIntoView({ block: "nearest" });
      find.setAttribute("aria-activedescendant", next.id);
    } else if (event.key === "Enter" && now >= 0 && !hits.hidden) { event.preventDefault(); location.href = all[now].href; }
    else if (event.key === "Enter" && find.value.length > 2 && event.timeStamp - begun < 30 * find.value.length) {
      event.preventDefault();
      location.href = `/search?scanned=1&q=${encodeURIComponent(find.value)}`;
    } else if (event.key === "Escape") shut();
  });
  find.addEventListener("blur", () => setTimeout(() => { if (!hits.contains(document.activeElement)) shut(); }, 150));

  // the key / goes to the box
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
    event.preventDefault(); find.focus();
  });
})();
