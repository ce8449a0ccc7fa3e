// The field of a page that scanners type into, [data-scan]: a code and Enter lead to the input that is called so; the same code again
// to the next one. What is not found is said in [data-scan-said]. A page says which inputs there are: window.scanInto(known, options).
(() => {
  "use strict";
  const scan = document.querySelector("[data-scan]"), said = document.querySelector("[data-scan-said]");
  const phone = window.matchMedia("(max-width: 760px)");
  const split = (text) => text.toUpperCase().split(/[\s·→]+/).filter(Boolean);

  // known()     [[input, everything it is called], …], as it is now
  // show(input) marks where the cursor went
  // ask()       true: what is not found is asked of the server, by the form around the field
  window.scanInto = (known, { show = () => {}, ask = () => false } = {}) => {
    if (!scan) return;
    let last = "", at = -1, scanned = phone.matches;

    const find = (text, whole) => {
      const words = split(text);
      if (!words.length) return [];
      const all = known().map(([input, name]) => [input, split(name)]);
      const exact = all.filter(([, mine]) => words.every((word) => mine.includes(word)));
      // a whole code before a part of one: TAG is not PRICE-TAG
      const found = exact.length || whole ? exact : all.filter(([, mine]) => words.every((word) => mine.some((name) => name.includes(word))));
      return found.map(([input]) => input);
    };
    const go = (input) => {
      show(input);
      input.focus(); input.select();
      input.scrollIntoView({ block: phone.matches ? "start" : "center" });
    };
    const lead = (code, fits) => {
      at = code === last ? (at + 1) % fits.length : 0;
      last = code;
      said.textContent = scan.value = "";
      scanned = true;
      go(fits[at]);
    };

    scan.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      const code = scan.value.trim(), fits = find(code, false);
      if (!fits.length && ask()) return;
      event.preventDefault();
      if (fits.length) { lead(code, fits); return; }
      said.textContent = code ? `${code}: ${said.dataset.none}` : "";
      scan.select();
    });
    // the page of what was scanned opens with the cursor where it is needed
    if (scan.value && known().length && !document.querySelector("[aria-invalid]")) {
      scanned = true;
      go(find(scan.value, false)[0] || known()[0][0]);
      scan.value = "";
    }

    // Enter in an input leads back to the scanner where one is used. A code that is scanned while the cursor is in an input is no
    // quantity: it comes faster than anybody's hand, and something here is called so
    let code = "", before = "", stroke = 0;
    document.addEventListener("keydown", (event) => {
      const input = event.target;
      if (input === scan || !known().some(([each]) => each === input)) return;
      const slow = event.timeStamp - stroke > 100;
      stroke = event.timeStamp;
      if (event.key.length === 1) {
        if (slow) { code = ""; before = input.value; }
        code += event.key;
        return;
      }
      if (event.key !== "Enter" || event.isComposing) return;
      const telling = !slow && (code.length > 7 || (code.length > 2 && /[^\d.,]/.test(code)));
      const fits = telling ? find(code, true) : [];
      if (!scanned && !fits.length) return;
      event.preventDefault(); event.stopPropagation();
      if (!fits.length) { scan.focus(); return; }
      input.value = before;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      lead(code, fits);
    }, true);
  };
})();
