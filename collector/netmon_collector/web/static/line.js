// Draws the measurements of a line with uPlot in place of the drawing that the server made; without it that one stays.
(() => {
  "use strict";
  const MEGABIT = 1e6, DAY_S = 86400, SIZE = 4;
  const HEIGHT = 300, AXIS_SPACE = 70; // room for a Russian date
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // The outlines of netmon_collector/charts/rate_chart.py: a disc is a rate, a triangle upwards a bound, ...
  const OUTLINES = {
    rate: (path, x, y, s) => { path.moveTo(x + s, y); path.arc(x, y, s, 0, 2 * Math.PI); },
    bound: (path, x, y, s) => { path.moveTo(x - s, y + s * 0.7); path.lineTo(x + s, y + s * 0.7); path.lineTo(x, y - s); path.closePath(); },
    short: (path, x, y, s) => { path.moveTo(x - s, y - s * 0.7); path.lineTo(x + s, y - s * 0.7); path.lineTo(x, y + s); path.closePath(); },
    nothing: (path, x, y, s) => { path.moveTo(x - s, y - s); path.lineTo(x + s, y + s); path.moveTo(x + s, y - s); path.lineTo(x - s, y + s); },
  };
  const INK = { passed: "good", failed: "bad-fill", excluded: "none", aside: "accent" };
  const FILLED = { passed: true, failed: true };
  const DASHES = { limit: [], threshold: [6, 4], contract: [2, 4] };

  const kindsOf = (points) => [...new Set(points.map((one) => `${one.shape} ${one.tone}`))].sort();

  function drawPoints(shape, tone) {
    return (plot, series, first, last) => {
      const outline = new Path2D(), size = SIZE * devicePixelRatio;
      for (let i = first; i <= last; i++) {
        const value = plot.data[series][i];
        if (value == null) continue;
        const x = plot.valToPos(plot.data[0][i], "x", true), y = plot.valToPos(value, "y", true);
        OUTLINES[shape](outline, x, shape === "nothing" ? y - size : y, size);
      }
      const filled = FILLED[tone] && shape !== "nothing";
      return { stroke: outline, fill: filled ? outline : new Path2D(), flags: 1 | 2 };
    };
  }

  function seriesOf(points, levels, times, words) {
    const data = [times], series = [{ label: "" }];
    for (const level of levels) {
      const start = Date.parse(`${level.from}T00:00:00Z`) / 1000 - DAY_S, end = Date.parse(`${level.to}T00:00:00Z`) / 1000 + 2 * DAY_S;
      data.push(times.map((at) => (at >= start && at <= end ? level.rate_bps / MEGABIT : null)));
      series.push({ label: words[level.name], stroke: colour(level.name === "contract" ? "accent" : "ink"), width: 1.5, dash: DASHES[level.name], points: { show: false } });
    }
    for (const kind of kindsOf(points)) {
      const [shape, tone] = kind.split(" "), at = new Map();
      for (const one of points) if (one.shape === shape && one.tone === tone) at.set(one.time, shape === "nothing" ? 0 : one.rate_bps / MEGABIT);
      data.push(times.map((time) => at.get(time) ?? null));
      series.push({ label: words[tone], stroke: colour(INK[tone]), fill: colour(INK[tone]), paths: () => null, points: { show: true, size: 2 * SIZE, width: 1.5, stroke: colour(INK[tone]), fill: colour(INK[tone]), paths: drawPoints(shape, tone) } });
    }
    return { data, series };
  }

  const localeOf = (words) => (words.language === "en" ? "en-GB" : words.language);
  const figures = (language, digits) => new Intl.NumberFormat(language, { maximumFractionDigits: digits });

  function describe(place, point, zone, words) {
    if (!point) { place.textContent = words.zoom; return; }
    const when = new Intl.DateTimeFormat(localeOf(words), { dateStyle: "short", timeStyle: "short", timeZone: zone }).format(new Date(point.at));
    const rate = point.rate_bps == null ? words.nothing : `${point.shape === "bound" ? `${words.bound} ` : ""}${figures(words.language, 1).format(point.rate_bps / MEGABIT)} ${words.unit}`;
    place.textContent = `${when}: ${rate}, ${words[point.tone]}`;
  }

  function optionsOf(box, found, series, bounds, words, note) {
    const axis = { stroke: colour("soft"), grid: { stroke: colour("rule"), width: 1 }, ticks: { stroke: colour("rule"), width: 1 }, font: "12px system-ui, sans-serif" };
    const date = new Intl.DateTimeFormat(localeOf(words), { day: "2-digit", month: "2-digit", timeZone: found.time_zone });
    const hour = new Intl.DateTimeFormat(localeOf(words), { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", timeZone: found.time_zone });
    return {
      width: box.clientWidth, height: HEIGHT, series, legend: { show: false },
      cursor: { y: false, points: { show: false } },
      scales: { x: { time: true, range: (_plot, least, most) => (least === bounds[0] || least == null ? bounds : [least, most]) }, y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.08)] } },
      axes: [
        { ...axis, space: AXIS_SPACE, values: (_plot, marks, _index, _space, step) => marks.map((at) => (step < DAY_S ? hour : date).format(at * 1000)) },
        { ...axis, size: 46, label: words.unit, labelSize: 18, labelFont: axis.font, values: (_plot, marks) => marks.map((one) => figures(words.language, 1).format(one)) },
      ],
      hooks: { setCursor: [(plot) => describe(note, found.points.filter((one) => one.time === plot.data[0][plot.cursor.idx])[0], found.time_zone, words)] },
    };
  }

  async function draw(box) {
    const words = JSON.parse(box.dataset.words);
    const answer = await fetch(box.dataset.chart, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = await answer.json();
    for (const one of found.points) one.time = Date.parse(one.at) / 1000;
    const bounds = [Date.parse(`${found.from}T00:00:00Z`) / 1000 - DAY_S / 8, Date.parse(`${found.to}T00:00:00Z`) / 1000 + DAY_S];
    const times = [...new Set([bounds[0], ...found.points.map((one) => one.time), bounds[1]])].sort((a, b) => a - b);
    const { data, series } = seriesOf(found.points, found.levels, times, words);
    const note = document.createElement("p");
    note.className = "chart-note";
    note.textContent = words.zoom;
    const plot = new uPlot(optionsOf(box, found, series, bounds, words, note), data, box);
    plot.root.setAttribute("aria-hidden", "true");
    box.append(note);
    box.classList.add("live");
    new ResizeObserver(() => { if (box.clientWidth) plot.setSize({ width: box.clientWidth, height: HEIGHT }); }).observe(box);
    return plot;
  }

  const boxes = [...document.querySelectorAll("[data-chart]")];
  for (const box of boxes) if (window.uPlot) draw(box);
})();
