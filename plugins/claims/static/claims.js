// Everything works without this file. Pictures are made smaller before they travel, shown at once, and sent by themselves
// where the form asks for nothing else; the lines or styles of the chosen order are offered.
(() => {
  "use strict";
  const LONGEST = 2400, ROOM = 19 * 1024 * 1024;

  const smaller = async (file) => {
    if (!file.type.startsWith("image/") || file.size < 900 * 1024) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      if (picture.width * picture.height > 60e6) return file; // let the server say what is wrong with it
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
      return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch { return file; } // the server looks at it and says what is wrong
  };

  for (const box of document.querySelectorAll("[data-photos]")) {
    const inputs = [...box.querySelectorAll("input[type=file]")], said = box.querySelector("[data-chosen]"), shown = box.querySelector("[data-previews]");
    const alone = box.parentElement.querySelector(":scope > button.nojs");
    let kept = [];
    for (const input of inputs) input.addEventListener("change", async () => {
      if (!input.files.length) return;
      const most = Number(box.dataset.most);
      for (const file of input.files) kept.push(await smaller(file));
      const many = kept.length > most, large = kept.reduce((sum, f) => sum + f.size, 0) > ROOM;
      said.textContent = many ? box.dataset.many : large ? box.dataset.large : box.dataset.words.replace("{n}", String(kept.length));
      said.classList.toggle("error", many || large);
      if (many || large) { kept = []; for (const each of inputs) each.value = ""; shown.replaceChildren(); return; }
      const all = new DataTransfer();
      for (const file of kept) all.items.add(file);
      inputs[inputs.length - 1].files = all.files; // the one that takes several carries them all
      inputs[0].value = "";
      shown.replaceChildren(...kept.map((file) => {
        const image = new Image();
        image.alt = file.name;
        image.src = URL.createObjectURL(file);
        image.onload = () => URL.revokeObjectURL(image.src);
        return image;
      }));
      if (alone) box.closest("form").requestSubmit();
    });
  }

  const place = document.querySelector("[data-parts]");
  if (place) {
    const kind = place.dataset.parts;
    const order = document.querySelector(kind === "material" ? "[name=purchase_order]" : "[name=factory_order]");
    order.addEventListener("change", async () => {
      const reply = await fetch(`/claims/claim/parts?kind=${kind}&order=${encodeURIComponent(order.value)}`);
      if (!reply.ok) return;
      const found = await reply.json();
      const old = document.querySelector("[name=line_no], [name=order_style]");
      if (!found.length || !old) return;
      const select = document.createElement("select");
      select.name = old.name; select.id = old.id;
      if (found.length > 1) select.append(new Option("—", ""));
      for (const part of found) select.append(new Option(part.label, part.value, false, part.value === old.value));
      old.replaceWith(select);
    });
  }
})();
