// Progress of background work: asks until it has ended.
"use strict";
(() => {
  const job = document.querySelector("[data-job]");
  if (job && job.querySelector("progress")) {
    const look = async () => {
      const reply = await fetch(job.dataset.job);
      if (reply.ok) {
        const now = await reply.json();
        const bar = job.querySelector("progress");
        bar.max = now.total || 1; bar.value = now.done;
        job.querySelector("[data-job-text]").textContent = `${now.done} / ${now.total}`;
        if (now.status === "done" || now.status === "failed") { location.reload(); return; }
      }
      setTimeout(look, 700);
    };
    setTimeout(look, 500);
  }
})();
