// Passkeys: what the page asks is in data-options of a form; what the browser answers goes into its field (data-answer) and is sent.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (data) => btoa(String.fromCharCode(...new Uint8Array(data))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));
  const make = async (asked) => {
    const publicKey = { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: known(asked.excludeCredentials) };
    const made = await navigator.credentials.create({ publicKey });
    return { made, response: { attestationObject: text(made.response.attestationObject) } };
  };
  const use = async (asked) => {
    const made = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) } });
    return { made, response: { authenticatorData: text(made.response.authenticatorData), signature: text(made.response.signature) } };
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-ask]"), told = form.querySelector("[data-told]");
    if (!window.PublicKeyCredential) { told.hidden = false; button.disabled = true; continue; }
    button.addEventListener("click", async () => {
      told.hidden = true;
      try {
        const { made, response } = await (form.dataset.passkey === "make" ? make : use)(JSON.parse(form.dataset.options));
        form.elements[form.dataset.answer || "answer"].value = JSON.stringify({
          id: made.id, rawId: text(made.rawId), type: made.type, response: { ...response, clientDataJSON: text(made.response.clientDataJSON) },
        });
        form.requestSubmit();
      } catch { told.hidden = false; } // the person said no, or there is no such device here
    });
  }
})();
