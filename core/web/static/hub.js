// Everything works without this file; it makes pages quicker to use: lookups, adding rows, keys, leaving guard.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const $ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // while Chinese is composed, arrows and Enter belong to the input method: no script of a page hears them
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation();
  }, true);

  // a number as people write it, for sums while they type: the rules of core/values/numbers.py; 0 where it states none
  const number = (typed) => {
    const text = typed.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
      .replace(/[\s\u3000]+/g, " ").replace(/[\u2010-\u2015\u2212]/g, "-").trim();
    const found = /^(\()?([+-]?) ?([\d., ']*\d[\d., ']*)(\))?$/.exec(text);
    if (!found || !found[1] !== !found[4] || (found[1] && found[2])) return 0;
    const digits = found[3].trim(), comma = digits.lastIndexOf(","), point = digits.lastIndexOf(".");
    const last = comma > point ? "," : ".", once = digits.split(last).length === 2;
    const groups = (mark) => new RegExp(`^\\d{1,3}(\\${mark}\\d{3})+$`);
    const thousands = once && last === "," && point < 0 && groups(",").test(digits) && digits[0] !== "0";
    const at = once && !thousands ? digits.lastIndexOf(last) : digits.length;
    const whole = digits.slice(0, at), mark = /[^\d]/.exec(whole);
    if (mark && !groups(mark[0]).test(whole)) return 0;
    const value = Number(`${whole.replace(/[^\d]/g, "") || 0}.${digits.slice(at + 1) || 0}`);
    return Number.isFinite(value) ? (found[1] || found[2] === "-" ? -value : value) : 0;
  };
  window.hub = { number };

  for (const select of $("[data-submit]")) select.addEventListener("change", () => select.form.requestSubmit());
  let foldable = () => {}; // sections fold on pages of documents alone
  // parts of a page that are drawn when somebody comes to them
  const reached = new IntersectionObserver((seen) => {
    for (const each of seen) if (each.isIntersecting && !each.target.classList.contains("folded")) { reached.unobserve(each.target); bring(each.target); }
  }, { rootMargin: "200px" });
  const bring = async (place) => {
    place.setAttribute("aria-busy", "true");
    const asked = `${location.pathname}?part=${place.dataset.part}`;
    const reply = await fetch(asked, { headers: { "X-Part": place.dataset.plugin } }).catch(() => null);
    if (!reply || !reply.ok) { place.setAttribute("aria-busy", "false"); return; } // the link is still there
    const drawn = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector(".panel");
    if (place.closest(".inside")) { drawn.className = "panel"; drawn.removeAttribute("id"); drawn.querySelector("h2")?.remove(); } // its fold has both
    place.replaceWith(drawn);
    foldable(drawn, true);
  };
  for (const place of $("[data-part]")) reached.observe(place);

  for (const button of $("[data-back]")) button.addEventListener("click", () => history.back());
  const focus = document.querySelector("[data-focus]");
  let quiet = false;
  if (focus) { const first = document.querySelector("[aria-invalid]"); (first || focus).focus(); }
  // else the cursor stands where one types first: in what is empty and needed, else in the table, else in the first field;
  // what is filled in is selected, so that typing replaces it. Not on a phone, where the keyboard would cover the page
  else if (matchMedia("(min-width: 761px)").matches && !document.querySelector("[autofocus]") && !location.hash) {
    const typed = "input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [type=search], [readonly], [disabled]), textarea, select";
    const seen = (input) => input.offsetParent !== null;
    const fields = $(`main form.page-form :is(${typed})`).filter(seen);
    const needed = fields.find((input) => input.required && !input.value && !input.closest("table"));
    const cell = fields.find((input) => input.closest("table.edit, table.sizes") && input.matches("[data-size], .num, [data-left]"));
    const first = document.querySelector("main [data-first]") || needed || cell || fields.find((input) => !input.matches("[type=date], select")) || fields[0];
    if (first) { quiet = true; first.focus({ preventScroll: true }); if (first.select) first.select(); quiet = false; }
  }

  // boxes that scroll are reached with the keyboard (tabindex in the page); what does not scroll is no stop on the way
  const scrolls = (box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
  // a shadow at the edge says that there are more columns
  const edges = (box) => {
    box.classList.toggle("more-left", box.scrollLeft > 1);
    box.classList.toggle("more-right", box.scrollWidth - box.clientWidth - box.scrollLeft > 1);
  };
  const boxes = new ResizeObserver((seen) => { for (const { target } of seen) { edges(target); if (scrolls(target)) target.tabIndex = 0; else target.removeAttribute("tabindex"); } });
  for (const box of $(".scroll")) { boxes.observe(box); box.addEventListener("scroll", () => edges(box), { passive: true }); }

  // close open menus when something else is clicked
  document.addEventListener("click", (event) => {
    for (const menu of $("details.drop[open], details.me[open], details.burger[open]")) {
      if (!menu.contains(event.target) && !event.target.closest(".side")) menu.open = false;
    }
  });

  for (const button of $("[data-more]")) button.addEventListener("click", () => button.setAttribute("aria-expanded", String(button.form.classList.toggle("more"))));

  // rows of child tables
  const addRow = (box) => {
    const body = box.querySelector("tbody");
    const next = 1 + Math.max(-1, ...$("[name]", body).map((i) => Number((i.name.match(/-(\d+)-/) || [0, -1])[1])));
    const holder = document.createElement("tbody");
    holder.innerHTML = box.querySelector("template").innerHTML.replaceAll("__N__", String(next));
    const row = holder.firstElementChild;
    body.append(row);
    return row;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (button) addRow(button.closest("[data-rows]")).querySelector("input, select").focus();
    const remove = event.target.closest("input[name$='-_delete']");
    if (remove) remove.closest("tr").classList.toggle("gone", remove.checked);
  });

  // a choice takes its code or its words; anything else is kept to be seen, and refused where it stands
  const choose = (select, text) => {
    const wanted = text.toLowerCase();
    const found = [...select.options].find((o) => o.value.toLowerCase() === wanted || o.text.toLowerCase() === wanted);
    if (!found && text) select.add(new Option(text, text));
    select.value = found ? found.value : text;
  };

  // pasting several cells from a spreadsheet fills the table from here on, adding rows as needed
  document.addEventListener("paste", (event) => {
    const input = event.target.closest(".grid.edit input");
    const text = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!input || !text || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const box = input.closest("[data-rows]");
    let row = input.closest("tr");
    const cells = (tr) => $("td input:not([type=hidden]):not([name$='-_delete']), td select", tr);
    const start = cells(row).indexOf(input);
    for (const line of text.replace(/\r/g, "").replace(/\n+$/, "").split("\n")) {
      if (!row) { if (!box) break; row = addRow(box); }
      line.split("\t").forEach((value, i) => {
        const cell = cells(row)[start + i];
        if (!cell) return;
        if (cell.type === "checkbox") cell.checked = /^(1|y|yes|true|是|v|✓)$/i.test(value.trim());
        else if (cell.tagName === "SELECT") choose(cell, value.trim());
        else cell.value = value.trim();
        cell.dispatchEvent(new Event("input", { bubbles: true }));
      });
      row = row.nextElementSibling;
    }
  });

  // arrows and Enter move between the cells of a grid
  document.addEventListener("keydown", (event) => {
    const input = event.target.closest && event.target.closest(".grid.edit input:not([data-lookup])");
    if (!input || !["ArrowUp", "ArrowDown", "Enter"].includes(event.key)) return;
    const cell = input.closest("td"), row = cell.parentElement;
    const other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
    event.preventDefault();
    const target = other && other.children[cell.cellIndex] && other.children[cell.cellIndex].querySelector("input");
    if (target) { target.focus(); target.select && target.select(); }
  });

  // reference inputs: type a code or a name, choose with the arrows
  let box = null, asked = 0;
  const close = () => { if (box) { box.remove(); box = null; } };
  const show = async (input) => {
    const mine = ++asked;
    const where = new URLSearchParams({ q: input.value });
    for (const [name, value] of Object.entries(JSON.parse(input.dataset.where || "{}"))) where.set("w_" + name, value === true ? "True" : value);
    const reply = await fetch(`/lookup/${input.dataset.lookup}?${where}`, { headers: { Accept: "application/json" } });
    if (!reply.ok || mine !== asked || document.activeElement !== input) return;
    const rows = await reply.json();
    close();
    if (!rows.length) return;
    box = document.createElement("div");
    box.className = "lookup"; box.setAttribute("role", "listbox"); box.id = "lookup-box";
    box.setAttribute("aria-label", input.getAttribute("aria-label") || (input.labels[0] ? input.labels[0].textContent.trim() : input.name));
    for (const row of rows) {
      const item = document.createElement("div");
      item.setAttribute("role", "option"); item.dataset.code = row.code;
      const code = document.createElement("b"); code.textContent = row.code;
      item.append(code, row.name);
      item.addEventListener("pointerdown", (e) => { e.preventDefault(); pick(input, item); });
      box.append(item);
    }
    const at = input.getBoundingClientRect();
    document.body.append(box);
    box.style.left = `${at.left + scrollX}px`; box.style.top = `${at.bottom + scrollY}px`;
  };
  const pick = (input, item) => { input.value = item.dataset.code; close(); input.dispatchEvent(new Event("change", { bubbles: true })); };
  document.addEventListener("input", (e) => { if (e.target.dataset.lookup) show(e.target); });
  document.addEventListener("focusin", (e) => { if (!quiet && e.target.dataset && e.target.dataset.lookup && !e.target.value) show(e.target); });
  document.addEventListener("focusout", close);
  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.dataset || !input.dataset.lookup || !box) return;
    const items = $("div", box), now = items.findIndex((i) => i.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = items[(now + (event.key === "ArrowDown" ? 1 : items.length - 1) + items.length) % items.length];
      items.forEach((i) => i.removeAttribute("aria-selected"));
      next.setAttribute("aria-selected", "true"); next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && now >= 0) { event.preventDefault(); pick(input, items[now]); }
    else if (event.key === "Escape") close();
  });

  // a row opens wherever it is clicked, but for what does something by itself and for words that are being marked
  document.addEventListener("click", (event) => {
    const row = event.target.closest("table.list tbody tr");
    if (!row || event.target.closest("a, button, input, select, label, summary") || String(getSelection())) return;
    const tick = event.target.closest("td.tick");
    if (tick) { tick.querySelector("input").click(); return; }
    const link = row.querySelector("a");
    if (link) link.click();
  });

  // documents ticked in a list
  for (const form of $("[data-ticked]")) {
    const ticks = () => $("input[name=row]").filter((tick) => tick.form === form);
    const all = document.querySelector("[data-tick-all]");
    const count = () => {
      const now = ticks().filter((tick) => tick.checked).length;
      for (const shown of $("[data-tick-count]", form)) shown.textContent = String(now);
      for (const button of $("button", form)) button.disabled = !now;
      form.classList.toggle("some", now > 0);
      if (all) { all.checked = now > 0 && now === ticks().length; all.indeterminate = now > 0 && !all.checked; }
    };
    document.addEventListener("change", (event) => {
      if (event.target === all) for (const tick of ticks()) tick.checked = all.checked;
      if (event.target === all || event.target.form === form) count();
    });
    addEventListener("pageshow", count);
    count();
  }

  // sections of a document fold, and stay as each person left them; where there are many, a row of marks leads to them
  const page = document.querySelector("[data-document]");
  if (page) {
    const kept = `sections:${page.dataset.document}`;
    let left = {};
    try { left = JSON.parse(localStorage.getItem(kept)) || {}; } catch { /* as if nothing was kept */ }
    if (Array.isArray(left)) left = Object.fromEntries(left.map((id) => [id, false])); // what was kept before parts began folded
    const remember = () => { try { localStorage.setItem(kept, JSON.stringify(left)); } catch { /* a private window keeps nothing */ } };
    const marks = document.createElement("nav"), open = {};
    marks.className = "jumps";
    // what is looked up now and then begins folded, some of it on phones alone
    const begins = (folded) => folded === "phone" ? matchMedia("(max-width: 760px)").matches : folded !== undefined;
    const heading = ":scope > h2, :scope > .card-head > h2";
    const wording = (head) => [...head.childNodes].filter((c) => c.nodeType === 3).map((c) => c.textContent.trim()).join(" ").trim() || head.textContent.trim();
    foldable = (section, shown) => {
      const head = section.querySelector(heading), fold = document.createElement("button");
      if (!head) return;
      fold.type = "button"; fold.className = "plain fold-mark"; fold.setAttribute("aria-label", wording(head));
      const show = open[section.id] = (now) => {
        section.classList.toggle("folded", !now); fold.setAttribute("aria-expanded", String(now)); fold.textContent = now ? "▾" : "▸";
        if (section.dataset.part) { reached.unobserve(section); reached.observe(section); }
      };
      fold.addEventListener("click", () => {
        left[section.id] = section.classList.contains("folded");
        show(left[section.id]);
        remember();
      });
      head.prepend(fold);
      show(shown);
    };
    for (const [n, section] of $("main section.card").entries()) {
      const head = section.querySelector(heading);
      if (!head) continue;
      const words = wording(head);
      section.id = section.id || `section-${n}`;
      foldable(section, location.hash === `#${section.id}` || (left[section.id] ?? !begins(section.dataset.folded)));
      const mark = document.createElement("a");
      mark.href = `#${section.id}`; mark.textContent = words;
      mark.addEventListener("click", () => open[section.id](true));
      marks.append(mark);
    }
    if (marks.childElementCount > 4) page.append(marks);
    for (const part of $("main details.inside")) {
      part.open = part.open || location.hash === `#${part.id}` || left[part.id] === true;
      part.addEventListener("toggle", () => {
        left[part.id] = part.open;
        remember();
      });
    }
  }

  // which groups of the menu are folded is remembered; that of the page is open
  for (const group of $("details[data-fold]")) {
    const name = `fold:${group.dataset.fold}`;
    let kept = null;
    try { kept = localStorage.getItem(name); } catch { /* nothing is remembered */ }
    if (kept && !("here" in group.dataset)) group.open = kept === "open";
    group.querySelector("summary").addEventListener("click", () => {
      try { localStorage.setItem(name, group.open ? "shut" : "open"); } catch { /* nothing is remembered */ }
    });
  }

  const keys = document.getElementById("keys");
  for (const button of $("[data-keys]")) button.addEventListener("click", () => keys.showModal());

  // keys: n new, e edit, Ctrl+S save, j/k along a list, x ticks, ? this sheet
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      const save = document.querySelector("[data-key='s']");
      if (save) { event.preventDefault(); save.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
    const rows = $("[data-list] tbody tr");
    if (rows.length && ["j", "k", "x", "Enter"].includes(event.key)) {
      const now = rows.findIndex((r) => r.getAttribute("aria-selected") === "true");
      if (event.key === "Enter") { if (now >= 0 && event.target.tagName !== "A") rows[now].querySelector("a").click(); return; }
      if (event.key === "x") { const tick = now >= 0 && rows[now].querySelector("td.tick input"); if (tick) tick.click(); return; }
      const next = rows[Math.max(0, Math.min(rows.length - 1, now + (event.key === "j" ? 1 : -1)))];
      rows.forEach((r) => r.removeAttribute("aria-selected"));
      next.setAttribute("aria-selected", "true"); next.scrollIntoView({ block: "nearest" });
      return;
    }
    if (event.key === "?" && keys) { keys.showModal(); return; }
    const target = document.querySelector(`a[data-key='${CSS.escape(event.key)}']`);
    if (target) target.click();
  });

  // nothing typed is lost by accident; a form is sent once
  for (const form of $("form[data-guard]")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }
})();
