/** The screen 'Review': what was scored, frame by frame, and what a person says instead. */

import { read, save } from "./api.js";
import { controls, playerKey } from "./controls.js";
import { button, clock, labelled, make, meantFor, say } from "./dom.js";
import { heading } from "./help.js";
import { Player } from "./player.js";
import { COLOURS } from "./ribbon.js";
import { lay, stateAt } from "./stretches.js";
import { Together } from "./together.js";
import { Trace } from "./trace.js";

const STATES = { i: "immobile", m: "mobile", s: "swimming", c: "climbing", u: "unscored" };
const BEFORE_S = 1; // a jump begins a little before what it leads to

class ReviewScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
  }

  async open(wanted) {
    const { trials, run } = await read("api/review");
    this.listed = trials;
    this.trials = trials.filter(({ status }) => status === "done");
    this.listen();
    if (!this.trials.length) {
      this.root.replaceChildren(heading("Review", "review"),
        make("p", { className: "card" }, "Nothing is scored yet. ", this.study.is_study ? make("a", { href: "#/run" }, "Run the study") : `Type  ${run}  in a terminal`, ", then look again."));
      return;
    }
    const known = this.trials.some(({ trial_id }) => trial_id === wanted);
    await this.show(known ? wanted : this.trials[0].trial_id);
  }

  async show(trial_id) {
    this.player?.close();
    const address = `api/review/${encodeURIComponent(trial_id)}`;
    this.address = address;
    this.trial = await read(address);
    this.manual = this.trial.manual;
    this.past = [];
    this.mark_s = null;
    this.outlines = new Map();
    this.trace = new Trace(this.trial, (time_s) => this.player.drag(time_s));
    this.trace.onZoom = () => this.draw();
    if (this.together) await this.together.take(address);
    this.startPlayer(this.trial.epochs.score_window?.[0] ?? this.trial.entry_s);
  }

  /** Show the animal's arena, or the whole picture with all animals in it. */
  startPlayer(at_s) {
    this.player?.close();
    const film = this.together?.film ?? { ...this.trial, address: `${this.address}/frames/` };
    this.player = new Player(film, () => this.shown());
    this.player.setSpeed(Number(localStorage.getItem("speed") ?? 1));
    this.player.onSpeed = (speed) => localStorage.setItem("speed", speed);
    this.player.paint = (context) => (this.together ? this.together.paint(context, this.player.shown.time_s) : this.paint(context));
    this.player.onFault = (error) => say(error.message, true);
    this.build();
    this.player.seekTime(at_s);
  }

  /** Switch between this animal and all animals of its video. */
  async switchView() {
    const at_s = this.player.shown?.time_s ?? 0;
    try {
      if (this.together) this.together = null;
      else {
        this.together = new Together((time_s) => this.player.drag(time_s), (trial_id) => this.choose(trial_id));
        await this.together.take(this.address);
      }
      this.startPlayer(at_s);
    } catch (error) {
      this.together = null;
      say(error.message, true);
    }
  }

  choose(trial_id) {
    this.show(trial_id).catch((error) => say(error.message, true));
  }

  build() {
    this.controls = controls(this.player);
    this.now = make("span", { className: "now" });
    this.side = make("div", { className: "panel" });
    const rows = this.listed.map(({ trial_id, status, flag_text }) => make("li", {}, make("button", {
      type: "button", disabled: status !== "done", title: flag_text || status, "data-trial": trial_id,
      "aria-current": String(trial_id === this.trial.trial_id), on: { click: () => this.choose(trial_id) },
    }, trial_id, status === "done" ? (flag_text ? make("span", { className: "mark", title: flag_text }, "!") : "") : make("span", { className: "note" }, status))));
    this.strip = this.together ? this.together.canvas : this.trace.canvas;
    const zoom = this.together ? [] : [button("\u2212", () => this.trace.zoom(2), { "aria-label": "Show more time" }), button("+", () => this.trace.zoom(0.5), { "aria-label": "Show less time" }),
      button("All time", () => this.trace.zoom(Infinity))];
    const all = button("All animals (A)", () => this.switchView(), { "aria-pressed": String(Boolean(this.together)), id: "together" });
    this.root.className = "fill";
    this.root.replaceChildren(heading("Review", "review"),
      make("div", { className: "review" },
        make("ul", { className: "trials", "aria-label": "Trials" }, ...rows),
        make("div", { className: "theatre" }, make("div", { className: "screen" }, this.player.canvas, this.now), this.controls.element,
          make("div", { className: "bar" }, button("Doubtful (D)", () => this.jump("doubtful")), button("Flag (F)", () => this.jump()),
            button("Next (N)", () => this.goOn(1)), all, ...zoom), this.strip),
        this.side));
    this.root.querySelector(".trials [aria-current=true]")?.scrollIntoView({ block: "nearest" });
    this.showSide();
  }

  showSide() {
    const { trial } = this;
    const rows = trial.measures.map((row) => make("tr", {},
      make("td", {}, row.epoch === "whole" ? "whole" : "window"),
      ...[row.automatic_s, row.immobility_s, row.corrected_s].map((value) =>
        make("td", { className: "number" }, value === null ? "" : value.toFixed(1)))));
    const head = ["s", "program", "now", "changed"].map((text, index) =>
      make("th", { scope: "col", className: index ? "number" : "" }, text));
    this.side.replaceChildren(
      make("div", { className: "card", id: "measures" }, make("h2", {}, "Immobile"), make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)),
        trial.flag_text ? make("p", { className: "note" }, trial.flag_text) : null),
      this.study.read_only ? "" : this.correcting());
  }

  correcting() {
    this.scorer = make("input", { type: "text", maxLength: 40, autocomplete: "off", value: localStorage.getItem("scorer") ?? "", id: "scorer",
      on: { input: () => localStorage.setItem("scorer", this.scorer.value.trim()) } });
    this.marked = make("span", { className: "note", id: "marked" });
    const states = Object.entries(STATES).map(([key, state]) =>
      button(`${state} (${key.toUpperCase()})`, () => this.correct(state), { className: `state-${state}`, "data-state": state }));
    const list = this.manual.map((one) => make("tr", { title: `${one.scorer}, ${one.scored_at}` },
      make("td", {}, button(`${clock(one.start_s)} - ${clock(one.stop_s)}`, () => this.player.seekTime(one.start_s))),
      make("td", {}, one.state), make("td", {}, one.scorer ?? ""),
      make("td", {}, button("Remove", () => this.remove(one)))));
    return make("div", { className: "card" }, make("h2", {}, "Correct"),
      make("div", { className: "bar" }, labelled("Your name", this.scorer)),
      make("div", { className: "bar" }, button("Start [", () => this.begin()), button("End ]", () => this.end()), this.marked),
      make("div", { className: "bar" }, ...states),
      make("div", { className: "bar" }, button("Undo", () => this.undo(), { disabled: !this.past.length })),
      make("div", { className: "scroll" }, make("table", { id: "corrections" }, make("tbody", {}, ...list))));
  }

  /** A frame was shown. */
  shown() {
    this.controls.shown();
    const { time_s, number } = this.player.shown;
    const state = this.stateNow(time_s);
    this.now.textContent = state || "not scored";
    this.now.className = `now state-${state || "unscored"}`;
    this.now.hidden = Boolean(this.together);
    this.draw();
    if (!this.together && !this.outlines.has(number)) this.fetchOutline(number);
  }

  stateNow(time_s) {
    return stateAt(this.manual, time_s) || stateAt(this.trial.auto, time_s);
  }

  draw() {
    if (!this.player.shown) return;
    if (this.together) this.together.draw(this.player.shown.time_s, this.trial.trial_id);
    else this.trace.draw(this.player.shown.time_s, this.mark_s);
  }

  /** Draw the parts' outlines over the frame, in the colour of the state. */
  paint(context) {
    const { number, time_s } = this.player.shown;
    const parts = this.outlines.get(number);
    if (!parts) return;
    context.beginPath();
    for (const part of parts) {
      part.forEach(([x, y], index) => {
        const at = [x - this.trial.left + 0.5, y - this.trial.top + 0.5];
        if (index) context.lineTo(...at);
        else context.moveTo(...at);
      });
      context.closePath();
    }
    context.lineWidth = 1.5;
    context.strokeStyle = COLOURS[this.stateNow(time_s) || "unscored"];
    context.stroke();
  }

  /** Have the outline of a frame found; one at a time, the latest frame first. */
  async fetchOutline(number) {
    this.wantedOutline = number;
    if (this.outlining) return;
    this.outlining = true;
    const { address, outlines } = this;
    try {
      while (this.wantedOutline !== null && address === this.address) {
        const asked = this.wantedOutline;
        this.wantedOutline = null;
        const { parts } = await read(`${address}/outline/${asked}`);
        outlines.set(asked, parts);
        if (address === this.address && this.player.shown?.number === asked) this.player.redraw();
      }
    } catch {
      // Without an outline the frame is shown all the same.
    } finally {
      this.outlining = false;
    }
  }

  /** Go to the next stretch of a kind; without a kind to any but the doubtful. */
  jump(kind) {
    const after = (this.player.shown?.time_s ?? 0) + BEFORE_S + 0.01;
    const found = this.trial.jumps.filter((one) => (kind ? one.kind === kind : one.kind !== "doubtful"));
    const next = found.find(({ start_s }) => start_s > after);
    if (!next) {
      const what = kind ? "doubtful stretch" : "flag with a time";
      say(`There is no ${found.length ? "further" : ""} ${what} in this trial. N goes to the next trial.`);
      return;
    }
    this.player.pause();
    this.player.seekTime(Math.max(next.start_s - BEFORE_S, 0));
    say(`${next.kind}: ${clock(next.start_s)} to ${clock(next.stop_s)}`);
  }

  /** Go to the trial so many further on; after the last one the first comes again. */
  goOn(by) {
    const at = this.trials.findIndex(({ trial_id }) => trial_id === this.trial.trial_id);
    const { trial_id } = this.trials[(at + by + this.trials.length) % this.trials.length];
    this.choose(trial_id);
  }

  begin() {
    this.mark_s = this.player.shown.time_s;
    this.end_s = null;
    this.tellMark();
  }

  /** Mark the end behind the frame on the screen, which belongs to the stretch. */
  end() {
    const { number } = this.player.shown;
    this.end_s = this.trial.times_s[number + 1] ?? this.player.shown.time_s + 0.04;
    this.tellMark();
  }

  tellMark() {
    this.marked.textContent = this.mark_s === null ? "" : `${clock(this.mark_s)} - ${this.end_s ? clock(this.end_s) : "?"}`;
    this.draw();
  }

  async correct(state) {
    if (this.study.read_only) return;
    if (this.mark_s === null) {
      say("Mark the start of the stretch first, with [.", true);
      return;
    }
    if (!this.end_s) this.end();
    if (this.end_s <= this.mark_s) {
      say("The end lies before the start. Mark them again.", true);
      return;
    }
    const before = this.manual;
    const laid = { state, start_s: this.mark_s, stop_s: this.end_s };
    if (await this.keep(lay(before, laid))) {
      this.past.push(before);
      this.mark_s = null;
      this.showSide();
      this.shown();
    }
  }

  async undo() {
    const before = this.past.pop();
    if (!before || !await this.keep(before)) return;
    this.showSide();
    this.shown();
  }

  /** Take a correction away, whenever it was made. */
  async remove(correction) {
    const before = this.manual;
    if (!await this.keep(before.filter((one) => one !== correction))) return;
    this.past.push(before);
    this.showSide();
    this.shown();
  }

  async keep(manual) {
    const scorer = this.scorer.value.trim();
    if (!scorer) {
      say("Give your name first: a correction is kept with who made it.", true);
      this.scorer.focus();
      return false;
    }
    const bouts = manual.map(({ state, start_s, stop_s }) => ({ state, start_s, stop_s }));
    try {
      const kept = await save(this.address, { version: this.trial.version, scorer, bouts });
      Object.assign(this.trial, kept);
      this.manual = kept.manual;
      Object.assign(this.trace, { manual: kept.manual, bins: kept.bins });
      say("Saved in by_hand/corrections.csv; the automatic score is as it was.");
      return true;
    } catch (error) {
      say(error.message, true);
      return false;
    }
  }

  listen() {
    this.down = (event) => {
      if (this.player && !meantFor(event) && this.act(event) !== false) event.preventDefault();
    };
    this.resized = () => this.player && this.draw();
    document.addEventListener("keydown", this.down);
    window.addEventListener("resize", this.resized);
  }

  /** Do what a key asks for; false where it asks for nothing. */
  act(event) {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (key in STATES) this.correct(STATES[key]);
    else if (key === "[") this.begin();
    else if (key === "]") this.end();
    else if (key === "d") this.jump("doubtful");
    else if (key === "f") this.jump();
    else if (key === "n") this.goOn(1);
    else if (key === "p") this.goOn(-1);
    else if (key === "a") this.switchView();
    else if (event.key === "Backspace") this.undo();
    else return playerKey(this.player, event);
    return true;
  }

  close() {
    document.removeEventListener("keydown", this.down);
    window.removeEventListener("resize", this.resized);
    this.player?.close();
  }
}

/** Open the screen; returns how to put it away. */
export async function open(root, study, wanted) {
  const screen = new ReviewScreen(root, study);
  await screen.open(wanted);
  return () => screen.close();
}
