"use strict";
// Shows the claims of a kind and verdict that contain a word.
(() => {
  const table = document.getElementById("claims-table");
  if (!table) return;
  const kind = document.getElementById("claim-kind");
  const verdict = document.getElementById("claim-verdict");
  const word = document.getElementById("claim-word");
  const count = document.getElementById("claim-count");
  const rows = [...table.tBodies[0].rows];
  const fits = (wanted, value) => wanted === "" || wanted === value;
  function update() {
    const sought = word.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fit = fits(kind.value, row.dataset.kind) && fits(verdict.value, row.dataset.verdict)
        && row.textContent.toLowerCase().includes(sought);
      row.hidden = !fit;
      shown += fit;
    }
    count.textContent = `${shown} of ${rows.length}`;
  }
  for (const control of [kind, verdict, word]) control.addEventListener("input", update);
  update();
})();
