"use strict";
// The planner's page: the class that a plan admits at a school, and whom it displaces.
(() => {
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const at = (id) => document.getElementById(id);
  const [school, plan, weight] = ["school", "plan", "weight"].map(at);
  const MISSING = "\u2013";
  const MINUS = "\u2212";
  const FRAME = { width: 420, height: 250, left: 40, right: 14, top: 8, bottom: 40 };
  // Students lost (3 or more, 2, 1), none, and gained.
  const GAINS = ["#b35806", "#e08214", "#fdb863", "#f7f7f7", "#b2abd2", "#8073ac", "#542788"];

  const known = (value) => value !== null && value !== undefined;
  const fixed = (value, digits) => (known(value) ? value.toFixed(digits).replace("-", MINUS) : MISSING);
  const percent = (value) => (known(value) ? `${fixed(100 * value, 1)}%` : MISSING);
  const units = {
    "": () => "",
    points: (first, second) => (known(second) ? `${fixed(first, 2)} and ${fixed(second, 2)} points` : `${fixed(first, 2)} points`),
    seats: (first) => `${first} seats`,
    share: (first) => `${fixed(100 * first, 0)}%`,
  };

  function element(parent, name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  const values = (name) => data.values[`${school.value}|${name}`];
  const declared = () => data.plans.find((one) => one.name === plan.value);

  // Students of each bin of a point: [score, by stratum].
  function bins(flat) {
    const width = data.strata.length + 1;
    return Array.from({ length: flat.length / width }, (_, i) => {
      const [score, ...counts] = flat.slice(i * width, (i + 1) * width);
      return [score, counts];
    });
  }

  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
  const byStratum = (flat) => data.strata.map((_, i) => sum(bins(flat).map(([, counts]) => counts[i])));

  function pattern(parent, id, colour) {
    const made = element(parent, "pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    element(made, "rect", { width: 5, height: 5, fill: colour });
    element(made, "line", { x1: 0, x2: 0, y1: 0, y2: 5, stroke: "#fff", "stroke-width": 2.5 });
    return `url(#${id})`;
  }

  function fills(svg, where) {
    const defs = element(svg, "defs", {});
    return data.strata.map(({ colour, hatched }, i) => (hatched ? pattern(defs, `${where}-${i}`, colour) : colour));
  }

  function drawScores(own, here) {
    const svg = at("histogram");
    svg.replaceChildren();
    const fill = fills(svg, "stratum");
    const every = own.scores.flatMap(bins);
    const first = Math.min(...every.map(([score]) => score));
    const most = Math.max(...every.map(([, counts]) => sum(counts)));
    const [across, up] = [FRAME.width - FRAME.left - FRAME.right, FRAME.height - FRAME.top - FRAME.bottom];
    const base = FRAME.top + up;
    const x = (score) => FRAME.left + across * (score - first) / (100 - first);
    const y = (count) => base - up * count / most;
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => most / size <= 6) || 1000;
    for (let count = 0; count <= most; count += step) {
      element(svg, "line", { x1: FRAME.left, x2: FRAME.left + across, y1: y(count), y2: y(count), stroke: count ? "#ddd" : "#888" });
      element(svg, "text", { x: FRAME.left - 5, y: y(count) + 4, "text-anchor": "end" }, count);
    }
    const apart = [1, 2, 5, 10, 20].find((size) => (100 - first) / size <= 10);
    for (let score = Math.ceil(first / apart) * apart; score <= 100; score += apart) {
      element(svg, "text", { x: x(score), y: base + 15, "text-anchor": "middle" }, score);
    }
    for (const [score, counts] of bins(own.scores[here])) {
      let below = 0;
      counts.forEach((count, i) => {
        if (!count) return;
        const bar = element(svg, "rect", {
          x: x(score) + 0.5, width: Math.max(x(score + 1) - x(score) - 1, 0.5), y: y(below + count), height: y(below) - y(below + count), fill: fill[i],
        });
        element(bar, "title", {}, `${score} to ${score + 1} points, ${data.strata[i].label}: ${count}`);
        below += count;
      });
    }
    element(svg, "text", { x: FRAME.left + across / 2, y: FRAME.height - 6, "text-anchor": "middle" }, "Composite score (points)");
    const middle = FRAME.top + up / 2;
    element(svg, "text", { x: 11, y: middle, "text-anchor": "middle", transform: `rotate(-90 11 ${middle})` }, "Students");
    const told = byStratum(own.scores[here]).map((count, i) => `${data.strata[i].label} ${count}`).join(", ");
    svg.setAttribute("aria-label", `Scores of the class from ${fixed(own.lowest[here], 1)} to 100 points. Students: ${told}.`);
  }

  const tracts = data.map && data.map.paths.map((path, i) => {
    const made = element(at("map"), "path", { d: path, stroke: "#bdbdbd", "stroke-width": 1.5 });
    element(made, "title", {}, data.map.names[i]);
    return made;
  });

  function drawMap(flat) {
    const students = new Map();
    for (let i = 0; i < flat.length; i += 3) students.set(flat[i], [flat[i + 1], flat[i + 2]]);
    const counts = { lost: 0, gained: 0 };
    tracts.forEach((path, i) => {
      const [lost, gained] = students.get(i) || [0, 0];
      const net = gained - lost;
      counts.lost += net < 0;
      counts.gained += net > 0;
      path.setAttribute("fill", GAINS[3 + Math.max(-3, Math.min(3, net))]);
      const moved = lost || gained ? `${lost} displaced, ${gained} newly admitted` : "nobody displaced or newly admitted";
      path.firstChild.textContent = `Census tract ${data.map.names[i]}: ${moved}`;
    });
    return `${counts.lost} tracts lose students and ${counts.gained} gain.`;
  }

  function lines(own, score, here) {
    const counts = byStratum(own.scores[here]);
    const share = (name) => `${percent(own[name][here])} (${Math.round(own[name][here] * own.students[here])})`;
    const both = (name, digits) => ({ [name]: fixed(own[name][here], digits), [`${name}-score`]: fixed(score[name][0], digits) });
    const tuned = (i) => (here === own.tuned ? percent(own.overall[i]) : MISSING);
    return {
      minority: share("minority"),
      frpl: share("frpl"),
      asian: share("asian"),
      ...both("students", 0),
      ...both("mean", 2),
      ...both("sd", 2),
      ...both("gap", 2),
      ...both("lowest", 1),
      "efficiency-sd": percent(own.efficiency_sd[here]),
      "efficiency-mean": percent(own.efficiency_mean[here]),
      "overall-sd": tuned(0),
      "overall-mean": tuned(1),
      ...Object.assign({}, ...counts.map((count, i) => ({
        [`students-${i}`]: count,
        [`lowest-${i}`]: fixed(own.lowest_by_stratum[here][i], 1),
        [`lowest-${i}-score`]: fixed(score.lowest_by_stratum[0][i], 1),
      }))),
    };
  }

  function update() {
    const [own, score, chosen, here] = [values(plan.value), values("score"), declared(), Number(weight.value)];
    const shown = units[chosen.unit](own.weight[here], own.weight_frpl[here]);
    at("weight-shown").textContent = shown;
    weight.setAttribute("aria-valuetext", shown + (here === own.tuned ? `, ${nameOfTuned()}` : ""));
    at("to-tuned").disabled = here === own.tuned;
    const told = lines(own, score, here);
    for (const cell of document.querySelectorAll("[data-line]")) cell.textContent = told[cell.dataset.line];
    for (const bar of document.querySelectorAll("[data-bar]")) bar.style.width = `${100 * own[bar.dataset.bar][here]}%`;
    for (const line of document.querySelectorAll("[data-bar-score]")) line.style.left = `${100 * score[line.dataset.barScore][0]}%`;
    at("summary").textContent = `${chosen.label}${shown && `, ${shown}`}, at ${school.value}: minority ${percent(own.minority[here])}, `
      + `FRPL ${percent(own.frpl[here])}, mean score ${fixed(own.mean[here], 2)} points.`;
    drawScores(own, here);
    const moved = `Against admission by score alone ${own.displaced[here]} students lose their seat at ${school.value} and `
      + `${own.newly_admitted[here]} gain one.`;
    const where = tracts ? ` ${drawMap(own.tracts[here])}` : "";
    at("displaced-said").textContent = moved + where;
    if (tracts) at("map").setAttribute("aria-label", `Map of census tracts by students gained or lost. ${moved}${where}`);
  }

  const nameOfTuned = () => (declared().unit === "share" ? "share in force" : "tuned value");

  // Another school or plan: its slider, set to the tuned value.
  function choosePlan() {
    const own = values(plan.value);
    const last = own.weight.length - 1;
    weight.max = last;
    weight.value = own.tuned === null ? 0 : own.tuned;
    at("weight-row").hidden = last === 0;
    at("chooses").textContent = declared().chooses;
    at("mark").hidden = at("to-tuned").hidden = own.tuned === null;
    at("untuned").hidden = own.tuned !== null;
    if (own.tuned !== null) {
      at("mark").style.left = `${100 * own.tuned / last}%`;
      at("to-tuned").textContent = `Go to the ${nameOfTuned()} (${units[declared().unit](own.weight[own.tuned], own.weight_frpl[own.tuned])})`;
    }
    update();
  }

  // A school at which the plan could not be placed does not offer it.
  function chooseSchool() {
    for (const option of plan.options) option.disabled = !values(option.value);
    if (plan.selectedOptions[0].disabled) plan.value = "score";
    choosePlan();
  }

  function legend(id, entries) {
    for (const [label, draw] of entries) {
      const entry = document.createElement("span");
      const svg = element(entry, "svg", { viewBox: "0 0 22 16", "aria-hidden": "true" });
      element(svg, "rect", { x: 0.5, y: 0.5, width: 21, height: 15, stroke: "#bdbdbd", fill: draw(svg) });
      entry.append(label);
      at(id).append(entry);
    }
  }

  at("unscripted").hidden = true;
  legend("strata", data.strata.map(({ label, colour, hatched }, i) => [label, (svg) => (hatched ? pattern(element(svg, "defs", {}), `legend-${i}`, colour) : colour)]));
  if (tracts) {
    const labels = ["3 or more lost", "2", "1", "0", "1", "2", "3 or more gained"];
    legend("gains", labels.map((label, i) => [label, () => GAINS[i]]));
  }
  plan.value = data.values[`${school.value}|tiers`] ? "tiers" : "score";
  school.addEventListener("input", chooseSchool);
  plan.addEventListener("input", choosePlan);
  weight.addEventListener("input", update);
  at("to-tuned").addEventListener("click", () => {
    weight.value = values(plan.value).tuned;
    update();
    weight.focus();
  });
  chooseSchool();
})();
