"use strict";
// Writes commit, date and machine of the run, which the audit's run.js holds, into the page. They are not in the page
// itself, whose bytes depend on the results alone.
(() => {
  const place = document.getElementById("run");
  const run = window.welfareAddedRun;
  if (!place || !run) return;
  const commit = run.commit
    ? `Commit ${run.commit.slice(0, 12)} of ${run.date}${run.changed ? ", with uncommitted changes" : ""}. `
    : "";
  place.textContent = `${commit}Made on ${run.machines.join("; ")}.`;
})();
