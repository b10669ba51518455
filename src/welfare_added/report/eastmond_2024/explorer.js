"use strict";
// The planner's explorer: a point on a frontier, and the gains and earnings of the plan there.
(() => {
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const at = (id) => document.getElementById(id);
  const controls = ["subject", "scope", "information", "weight", "weight-ela", "bonus"].map(at);
  const [subject, scope, information, weight, weightEla, bonus] = controls;
  const SIZE = { width: 420, height: 380, left: 58, right: 12, top: 12, bottom: 46 };
  const MISSING = "\u2013";
  const svg = at("chart");

  const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
  const signed = (value, digits) => (value < 0 ? "\u2212" : "+") + Math.abs(value).toFixed(digits);
  const sd = (value) => (known(value) ? `${signed(value, 4)} SD` : MISSING);
  const share = (value) => (known(value) ? `${(100 * value).toFixed(1)}%` : MISSING);
  const dollars = (value) => (known(value)
    ? (value < 0 ? "\u2212$" : "$") + Math.round(Math.abs(value)).toLocaleString("en-US") : MISSING);

  // Eq. 10: after-tax gains over bonuses less the tax recouped.
  function publicFunds(total, paid) {
    if (!known(total)) return MISSING;
    const cost = data.teachers * paid - data.tax_rate * total;
    return cost > 0 ? ((1 - data.tax_rate) * total / cost).toFixed(2) : "pays for itself";
  }

  function bonusPaid() {
    const [low, high] = data.bonuses.map(Math.log);
    return Math.exp(low + (high - low) * bonus.value / bonus.max);
  }

  // The plan selected by the controls: its curve, its point, and lines of the table.
  function asked() {
    if (subject.value === "subjects") return bySubjectWeight();
    const key = [subject.value, scope.value, information.value].join("|");
    const plan = data.plans[key];
    const here = Number(weight.value);
    const value = (name) => plan[name][here];
    const grid = plan.gain_higher.map((gain, i) => [gain, plan.gain_lower[i]]);
    const gap = (change, baseline) => (known(value(change))
      ? `${sd(value(change))} on ${value(baseline).toFixed(2)}` : MISSING);
    return {
      curve: data.exact[key] || grid,
      point: grid[here],
      axes: ["Gain of higher-scoring students (SD)", "Gain of lower-scoring students (SD)"],
      lines: {
        "gain-lower": sd(value("gain_lower")),
        "gain-higher": sd(value("gain_higher")),
        "gain-mean": sd(value("gain_mean")),
        "gap-scores": gap("change_higher_lower", "baseline_higher_lower"),
        "gap-racial": gap("change_racial", "baseline_racial"),
        harmed: share(value("share_harmed")),
        moved: share(value("share_moved")),
        "earnings-lower": dollars(value("earnings_lower")),
        "earnings-higher": dollars(value("earnings_higher")),
        "earnings-mean": dollars(value("earnings_mean")),
        total: dollars(value("total_per_year")),
        mvpf: publicFunds(value("total_per_year"), bonusPaid()),
      },
    };
  }

  // Plans for both subjects at equal social weights, by the weight of ELA.
  function bySubjectWeight() {
    const plan = data.subjects[scope.value];
    const here = Number(weightEla.value);
    const points = plan.gain_math.map((gain, i) => [gain, plan.gain_ela[i]]);
    const lines = Object.fromEntries([...document.querySelectorAll("[data-line]")]
      .map((cell) => [cell.dataset.line, MISSING]));
    return {
      curve: points,
      point: points[here],
      axes: ["Mean gain in math (SD)", "Mean gain in ELA (SD)"],
      lines: {
        ...lines,
        "gain-ela": sd(plan.gain_ela[here]),
        "gain-math": sd(plan.gain_math[here]),
        "earnings-mean": dollars(plan.earnings_mean[here]),
      },
    };
  }

  function element(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    svg.append(made);
    return made;
  }

  function ticks(low, high) {
    const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((size) => (high - low) / size <= 7) || 2;
    const first = Math.ceil(low / step);
    return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
  }

  function draw({ curve, point, axes }) {
    svg.replaceChildren();
    const span = [0, 1].map((axis) => {
      const values = [...curve.filter((one) => one.every(known)).map((one) => one[axis]), 0];
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const room = 0.06 * (high - low || 1);
      return [low - room, high + room];
    });
    const inner = [SIZE.width - SIZE.left - SIZE.right, SIZE.height - SIZE.top - SIZE.bottom];
    const x = (value) => SIZE.left + inner[0] * (value - span[0][0]) / (span[0][1] - span[0][0]);
    const y = (value) => SIZE.top + inner[1] * (span[1][1] - value) / (span[1][1] - span[1][0]);
    const base = SIZE.top + inner[1];
    for (const value of ticks(...span[0])) {
      element("line", { x1: x(value), x2: x(value), y1: SIZE.top, y2: base, stroke: value ? "#ddd" : "#888" });
      element("text", { x: x(value), y: base + 16, "text-anchor": "middle" }, value.toFixed(2).replace("-", "\u2212"));
    }
    for (const value of ticks(...span[1])) {
      element("line", { x1: SIZE.left, x2: SIZE.left + inner[0], y1: y(value), y2: y(value), stroke: value ? "#ddd" : "#888" });
      element("text", { x: SIZE.left - 6, y: y(value) + 4, "text-anchor": "end" }, value.toFixed(2).replace("-", "\u2212"));
    }
    const path = curve.filter((one) => one.every(known)).map(([across, up]) => `${x(across)},${y(up)}`);
    element("polyline", { points: path.join(" "), fill: "none", stroke: "#0072b2", "stroke-width": 2, id: "curve" });
    element("rect", { x: x(0) - 5, y: y(0) - 5, width: 10, height: 10, fill: "#fff", stroke: "#111" });
    if (point.every(known)) element("circle", { cx: x(point[0]), cy: y(point[1]), r: 7, fill: "#d55e00", id: "point" });
    element("text", { x: SIZE.left + inner[0] / 2, y: SIZE.height - 8, "text-anchor": "middle" }, axes[0]);
    const middle = SIZE.top + inner[1] / 2;
    element("text", { x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` }, axes[1]);
  }

  function update() {
    const bySubject = subject.value === "subjects";
    at("weight-row").hidden = at("information-row").hidden = bySubject;
    at("bonus-row").hidden = subject.value !== "both";
    at("weight-ela-row").hidden = !bySubject;
    at("weight-shown").textContent = data.weights[weight.value].toFixed(2);
    at("weight-ela-shown").textContent = data.subjects[scope.value].weight_ela[weightEla.value].toFixed(2);
    at("bonus-shown").textContent = dollars(bonusPaid());
    const now = asked();
    for (const cell of document.querySelectorAll("[data-line]")) {
      cell.textContent = now.lines[cell.dataset.line] || MISSING;
      cell.closest("tr").hidden = cell.textContent === MISSING;
    }
    const told = now.point.every(known) ? now.point.map((gain) => signed(gain, 4)).join(" and ") : "not shown";
    svg.setAttribute("aria-label", `Frontier. ${now.axes.join("; ")}: ${told}.`);
    draw(now);
  }

  at("unscripted").hidden = true;
  weight.max = data.weights.length - 1;
  weight.value = Math.round((data.weights.length - 1) / 2);
  weightEla.max = Object.values(data.subjects)[0].weight_ela.length - 1;
  weightEla.value = Math.round(0.75 * weightEla.max);
  for (const control of controls) control.addEventListener("input", update);
  update();
})();
