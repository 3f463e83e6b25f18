/** The screen 'Results': all animals at a glance. */

import { read, save } from "./api.js";
import { button, labelled, make, say } from "./dom.js";
import { heading } from "./help.js";
import { resultsTable } from "./results_table.js";
import { drawRibbon, fit, legend, strip } from "./ribbon.js";
import { colour } from "./theme.js";

const TRACE_TOP = 4; // thresholds
const ORDERS = {
  "as in the table": () => 0,
  "most immobile first": (a, b) => (b.immobility_s ?? -1) - (a.immobility_s ?? -1),
  "most changed by the threshold first": (a, b) => Math.abs(b.change_s ?? 0) - Math.abs(a.change_s ?? 0),
  "corrected first": (a, b) => b.corrections.length - a.corrections.length,
  "with flags first": (a, b) => Number(Boolean(b.flag_text)) - Number(Boolean(a.flag_text)),
};

class ResultsScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
    this.factor = 1;
  }

  async open() {
    this.results = await read("api/results");
    this.build();
    this.resized = () => this.drawAll();
    window.addEventListener("resize", this.resized);
  }

  build() {
    const { trials } = this.results;
    this.factor = 1;
    if (!trials.length) {
      this.root.replaceChildren(heading("Results", "results"),
        make("p", { className: "card" }, "There are no results yet. ", this.study.is_study ? make("a", { href: "#/run" }, "Run the study") : `Type  ${this.results.run}  in a terminal`, ", then look again."));
      return;
    }
    this.order = make("select", { on: { change: () => this.showAnimals() } },
      ...Object.keys(ORDERS).map((name) => make("option", { value: name }, name)));
    this.animals = make("div", { className: "animals" });
    const count = (status) => trials.filter((one) => one.status === status).length;
    const said = ["done", "failed", "excluded", "missing"].filter(count).map((status) => `${count(status)} ${status}`);
    this.root.replaceChildren(heading("Results", "results"),
      make("p", { id: "counts" }, `${trials.length} trials: ${said.join(", ")}. Immobility in the ${this.results.epoch === "whole" ? "whole trial" : "scored window"}, s.`),
      this.results.synthetic ? make("p", { className: "card fault", id: "synthetic" }, "Synthetic data: these recordings were rendered by a program. Nothing here is a finding.") : "",
      this.blinding(), this.verdict(), this.takeAway(), this.slider(),
      make("div", { className: "bar" }, button("Cards", () => this.showAs("cards"), { "data-view": "cards" }), button("Table", () => this.showAs("table"), { "data-view": "table" }),
        labelled("Order", this.order), legend()), this.animals);
    this.showAnimals();
  }

  /** The verdict and the figures, once the groups may be seen. */
  verdict() {
    const { verdict, figures } = this.results;
    if (!verdict) return make("span", {});
    const shown = figures.map((name) => make("figure", {}, make("img", { src: `figures/${name}`, alt: titleOf(name), loading: "lazy" })));
    return make("div", { id: "verdict" },
      make("div", { className: "card verdict" }, make("p", { className: "label" }, titleOf(verdict.label)), make("p", {}, verdict.text),
        ...verdict.flags.map((text) => make("p", { className: "note" }, text))),
      shown.length ? make("div", { className: "figures" }, ...shown.slice(0, 2)) : "",
      shown.length > 2 ? make("details", { className: "card" }, make("summary", {}, "More figures"), make("div", { className: "figures" }, ...shown.slice(2))) : "");
  }

  takeAway() {
    const { downloads } = this.results;
    if (!downloads.length) return make("span", {});
    return make("div", { className: "bar", id: "downloads" }, make("span", { className: "note" }, "Take away:"),
      ...downloads.map(({ path, label }) => make("a", { className: "button", href: `download/${path}`, download: "" }, label)));
  }

  showAs(view) {
    localStorage.setItem("results/view", view);
    this.showAnimals();
  }

  blinding() {
    const { unblinded, report, has_design } = this.results;
    if (!has_design) return make("span", {});
    if (unblinded) {
      return make("p", { id: "blinding" }, `Unblinded by ${unblinded.scorer}, ${unblinded.unblinded_at}. `,
        report ? make("a", { href: "report/report.html", target: "_blank", rel: "noopener" }, "Open the report") : "");
    }
    const name = make("input", { type: "text", maxLength: 40, autocomplete: "off", value: localStorage.getItem("scorer") ?? "" });
    const act = button("Unblind", () => this.unblind(name.value.trim()), { disabled: this.study.read_only });
    return make("p", { id: "blinding", className: "bar" }, "Groups are hidden. ", labelled("Your name", name), act);
  }

  async unblind(scorer) {
    if (!scorer) {
      say("Give your name: it is written down who saw the groups, and when.", true);
      return;
    }
    if (!window.confirm("From now on the groups can be seen. This is written down. Unblind?")) return;
    try {
      this.results = await save("api/results/unblinded", { scorer });
      this.build();
    } catch (error) {
      say(error.message, true);
    }
  }

  /** The threshold in steps of equal proportion. */
  slider() {
    const [low, high] = this.results.factors.map(Math.log2);
    this.place = make("input", { type: "range", min: low, max: high, step: 0.05, value: 0, className: "slider", id: "threshold",
      "aria-label": "Threshold, times the one that was used", on: { input: () => this.move(2 ** Number(this.place.value)) } });
    this.told = make("output", { className: "time", id: "told" });
    this.mean = make("output", { className: "note", id: "mean" });
    const back = button("As it was used", () => { this.place.value = 0; this.move(1); });
    this.tell();
    return make("div", { className: "card" }, make("div", { className: "bar" }, "Threshold", this.place, this.told, back), this.mean);
  }

  /** The threshold as a number; "..." where the animals do not share one. */
  get value() {
    const used = new Set(this.results.trials.map((one) => one.immobile_below).filter((value) => value !== null));
    return used.size === 1 ? Number(([...used][0] * this.factor).toPrecision(3)) : "...";
  }

  tell() {
    this.told.textContent = `${this.factor.toFixed(2)} x used (${this.value})`;
  }

  /** Follow the slider: one question at a time, the latest place last. */
  async move(factor) {
    this.factor = factor;
    this.tell();
    if (this.asking) return;
    this.asking = true;
    try {
      let asked = null;
      while (asked !== this.factor) {
        asked = this.factor;
        this.take(await read(`api/results/rescored?factor=${asked}`));
      }
    } catch (error) {
      say(error.message, true);
    } finally {
      this.asking = false;
    }
  }

  take({ factor, immobility_s }) {
    let sum = 0;
    let count = 0;
    for (const trial of this.results.trials) {
      if (!(trial.trial_id in immobility_s)) continue;
      trial.change_s = immobility_s[trial.trial_id] - trial.immobility_s;
      sum += trial.change_s;
      count += 1;
      this.tellChange(trial, factor);
    }
    this.mean.textContent = factor === 1 ? "" : `Mean change ${signed(sum / count)} s. ${this.tellUse()}`;
    this.drawAll();
  }

  /** How the threshold is used in a run; a study file is where it is said. */
  tellUse() {
    if (!this.results.has_design) return "";
    return `To use it, write  scoring: {immobile_below: ${this.value}}  in the study file and run again.`;
  }

  tellChange(trial, factor) {
    const place = this.root.querySelector(`[data-change="${CSS.escape(trial.trial_id)}"]`);
    if (place) place.textContent = factor === 1 ? "" : ` ${signed(trial.change_s)} s`;
  }

  showAnimals() {
    const trials = [...this.results.trials].sort(ORDERS[this.order.value]);
    const view = localStorage.getItem("results/view") ?? "cards";
    for (const one of this.root.querySelectorAll("[data-view]")) one.setAttribute("aria-pressed", String(one.dataset.view === view));
    if (view === "table") {
      this.cards = [];
      this.animals.className = "card scroll";
      this.animals.replaceChildren(resultsTable(trials));
      return;
    }
    this.animals.className = "animals";
    this.cards = trials.map((trial) => this.animal(trial));
    this.animals.replaceChildren(...this.cards.map(({ card }) => card));
    this.drawAll();
  }

  animal(trial) {
    const done = trial.status === "done" && trial.bouts;
    const canvas = done ? strip(64, `States and motion of ${trial.trial_id}`) : null;
    const name = done ? make("a", { href: `#/review/${encodeURIComponent(trial.trial_id)}` }, trial.trial_id) : make("strong", {}, trial.trial_id);
    const value = done ? make("span", { className: "value" }, `${trial.immobility_s?.toFixed(1) ?? ""} s`,
      make("strong", { "data-change": trial.trial_id }, "")) : make("span", { className: "value fault" }, trial.status);
    const corrected = trial.corrections.length ? `Corrected in ${trial.corrections.length} ${trial.corrections.length === 1 ? "place" : "places"}.` : "";
    const note = [trial.message, trial.flag_text, corrected].filter(Boolean).join(" ");
    const card = make("section", { className: "animal", "aria-label": trial.trial_id },
      make("header", {}, name, trial.group ? make("span", { className: "note" }, trial.group) : null, value), canvas,
      note ? make("p", { className: "note" }, note) : null);
    return { card, canvas, trial };
  }

  drawAll() {
    for (const { canvas, trial } of this.cards ?? []) if (canvas) this.draw(canvas, trial);
  }

  draw(canvas, trial) {
    const { context, width, height } = fit(canvas);
    context.clearRect(0, 0, width, height);
    const place = { from_s: trial.from_s, to_s: trial.to_s, left: 0, width, top: height - 22, height: 20 };
    const x = (time_s) => ((time_s - place.from_s) / (place.to_s - place.from_s)) * width;
    context.fillStyle = colour("shade");
    context.fillRect(0, 0, Math.max(x(trial.window[0]), 0), height);
    context.fillRect(x(trial.window[1]), 0, width, height);
    drawRibbon(context, trial.bouts, place);
    context.fillStyle = colour("correction"); // below what a person corrected
    for (const { start_s, stop_s } of trial.corrections) {
      context.fillRect(x(start_s), height - 2, Math.max(x(stop_s) - x(start_s), 2), 2);
    }
    const y = (ratio) => 2 + (height - 28) * (1 - Math.min(ratio, TRACE_TOP) / TRACE_TOP);
    drawTrace(context, trial.trace, x, y);
    context.fillStyle = colour("threshold");
    context.fillRect(0, y(this.factor) - 0.75, width, 1.5);
  }

  close() {
    window.removeEventListener("resize", this.resized);
  }
}

function drawTrace(context, { time_s, ratio }, x, y) {
  context.strokeStyle = colour("trace");
  context.lineWidth = 0.8;
  context.beginPath();
  time_s.forEach((time, index) => {
    if (ratio[index] === null) return;
    if (index && ratio[index - 1] !== null) context.lineTo(x(time), y(ratio[index]));
    else context.moveTo(x(time), y(ratio[index]));
  });
  context.stroke();
}

/** A file's or a label's name as a title: "dose_response.svg" -> "Dose response". */
function titleOf(name) {
  const words = name.replace(/\.\w+$/, "").replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function signed(value) {
  const size = Math.abs(value).toFixed(1);
  return Number(size) ? `${value < 0 ? "-" : "+"}${size}` : size;
}

/** Open the screen; returns how to put it away. */
export async function open(root, study) {
  const screen = new ResultsScreen(root, study);
  await screen.open();
  return () => screen.close();
}
