/** The screen 'Score': people score blind. */

import { read, save } from "./api.js";
import { controls, playerKey } from "./controls.js";
import { button, labelled, make, meantFor, say } from "./dom.js";
import { heading } from "./help.js";
import { Player } from "./player.js";
import { press, stateAt, stretches } from "./presses.js";
import { drawRibbon, fit, strip } from "./ribbon.js";

const KEYS = { i: "immobile", m: "mobile", s: "swimming", c: "climbing", u: "unscored" };
const BACK_S = 2; // rewound by an undo, so that the place is seen again

class ScoreScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
    this.history = [];
    this.held = null;
  }

  /** Ask who scores. */
  async open() {
    const { scorers } = await read("/api/score");
    this.name = make("input", { type: "text", id: "scorer", autocomplete: "off", maxLength: 40, value: localStorage.getItem("scorer") ?? "" });
    const names = scorers.map((scorer) => button(scorer, () => { this.name.value = scorer; this.begin(); }));
    const form = make("form", { className: "bar", on: { submit: (event) => { event.preventDefault(); this.begin(); } } },
      labelled("Your name", this.name), make("button", { type: "submit", className: "main", disabled: this.study.read_only }, "Begin"));
    this.root.replaceChildren(heading("Score", "score"), make("div", { className: "card" }, form,
      names.length ? make("p", { className: "note" }, "Begun already by ", ...names) : null));
    this.listen();
  }

  async begin() {
    const scorer = this.name.value.trim();
    if (!scorer) return;
    try {
      this.address = `/api/score/${encodeURIComponent(scorer)}`;
      this.session = await save(this.address, {});
      localStorage.setItem("scorer", scorer);
      await this.next();
    } catch (error) {
      say(error.message, true);
    }
  }

  /** Go on with the first trial that is not done. */
  async next() {
    const open = this.session.showings.find((one) => !one.done);
    if (open) await this.show(open.code);
    else this.finished();
  }

  finished() {
    this.player?.close();
    this.player = null;
    const { scorer } = this.session;
    this.root.replaceChildren(make("h1", {}, "Score"), make("div", { className: "card" },
      make("h2", {}, "All trials are done. Thank you."),
      make("p", {}, `Your scores are in by_hand/${scorer}.csv, the second time of those that came twice in by_hand/${scorer}_again.csv.`),
      make("p", {}, `Compare them:  behave agree by_hand/${scorer}.csv by_hand/${scorer}_again.csv --results RESULTS`)));
  }

  async show(code) {
    this.player?.close();
    const trial = await read(`${this.address}/${code}`);
    this.code = code;
    this.trial = trial;
    // Keys that a closed page or a stopped program kept from being saved.
    this.presses = JSON.parse(localStorage.getItem(this.draft)) ?? trial.presses;
    this.history = [];
    this.player = new Player({ ...trial, address: `${this.address}/${code}/frames/` }, () => this.shown());
    this.player.onFault = (error) => say(error.message, true);
    this.player.onEnd = () => say("The end of this trial. Press Enter to go on to the next.");
    this.build();
    this.player.seekTime(trial.position_s ?? trial.start_s);
  }

  build() {
    this.controls = controls(this.player);
    this.now = make("span", { className: "now", "aria-live": "off" });
    this.ribbon = strip(34, "What you scored so far");
    this.keyed = make("span", { className: "note", id: "keyed" });
    this.hold = make("input", { type: "checkbox", checked: localStorage.getItem("hold") === "yes", on: {
      change: () => localStorage.setItem("hold", this.hold.checked ? "yes" : "no"),
    } });
    const states = Object.entries(KEYS).map(([key, state]) => button(`${state} (${key.toUpperCase()})`,
      () => this.press(state), { className: `state-${state}`, "data-state": state }));
    const { showings } = this.session;
    const done = showings.filter((one) => one.done).length;
    this.root.replaceChildren(heading(`Trial ${this.code}`, "score"),
      make("div", { className: "columns" },
        make("div", { className: "stage" }, this.player.canvas),
        make("div", { className: "side card" },
          make("p", {}, `${done} of ${showings.length} trials done.`), make("p", {}, this.now),
          make("div", { className: "bar" }, ...states),
          labelled("Only while the key is held", this.hold),
          make("p", {}, this.keyed),
          make("div", { className: "bar" },
            button("Undo", () => this.undo()),
            button("This trial is done", () => this.finish(), { className: "main", id: "done" }))),
        make("div", { className: "below" }, this.controls.element, this.ribbon)));
  }

  /** A frame was shown. */
  shown() {
    this.controls.shown();
    const state = stateAt(this.presses, this.player.shown.time_s);
    this.now.textContent = state;
    this.now.className = `now state-${state}`;
    this.draw();
  }

  draw() {
    const { context, width, height } = fit(this.ribbon);
    const { start_s, stop_s } = this.trial;
    const now_s = this.player.shown?.time_s ?? start_s;
    const known = stretches(this.presses, start_s, Math.max(now_s, this.presses.at(-1)?.[0] ?? start_s));
    drawRibbon(context, known, { from_s: start_s, to_s: stop_s, left: 0, width, top: 4, height: height - 8 });
    context.fillStyle = "#000";
    context.fillRect(((now_s - start_s) / (stop_s - start_s)) * width - 1, 0, 2, height);
    this.keyed.textContent = `${this.presses.length} keys so far.`;
  }

  /** Stamp a state with the frame on the screen. */
  press(state) {
    const at = this.player?.shown;
    if (!at || this.study.read_only) return;
    const keyed = press(this.presses, at.time_s, state);
    const lost = this.presses.filter(([time_s]) => time_s > at.time_s + 1e-6).length;
    this.history.push(this.presses);
    this.presses = keyed;
    if (lost) say(`Scored anew from here: ${lost} later keys are gone. Backspace brings them back.`);
    this.shown();
    this.keepSoon();
  }

  undo() {
    if (!this.presses.length && !this.history.length) return;
    const last = this.history.pop() ?? this.presses.slice(0, -1);
    const at_s = Math.max(last.at(-1)?.[0] ?? 0, this.presses.at(-1)?.[0] ?? 0);
    this.presses = last;
    this.player.pause();
    this.player.seekTime(Math.max(at_s - BACK_S, this.trial.start_s));
    this.draw();
    this.keepSoon();
  }

  /** The place in the browser where keys wait until they are saved. */
  get draft() { return `draft/${this.session.scorer}/${this.code}`; }

  /** Save after a key: at once, or as soon as the save before has ended. */
  keepSoon() {
    localStorage.setItem(this.draft, JSON.stringify(this.presses));
    if (this.saving) this.due = true;
    else this.keep();
  }

  /** Save what is keyed so far; one at a time, because each follows the version of the last. */
  async keep({ done = false, leaving = false } = {}) {
    if (!this.player || this.study.read_only) return false;
    while (this.saving && !leaving) await this.saving;
    this.due = false;
    const { draft, presses } = this;
    const body = { version: this.session.version, presses, done, position_s: this.player.shown?.time_s ?? this.trial.start_s };
    const sent = save(`${this.address}/${this.code}`, body, leaving);
    this.saving = sent.then(() => {}, () => {});
    try {
      this.session = await sent;
      if (presses === this.presses) localStorage.removeItem(draft);
      return true;
    } catch (error) {
      say(error.message, true);
      return false;
    } finally {
      this.saving = null;
      if (this.due) this.keep();
    }
  }

  async finish() {
    const at_s = this.player?.shown?.time_s;
    if (at_s === undefined) return;
    const left_s = this.trial.stop_s - at_s;
    if (left_s > 1 && !this.sure) {
      this.sure = true;
      say(`${left_s.toFixed(0)} s of this trial were not watched. Press again to end it all the same; they count as not scored.`, true);
      return;
    }
    if (left_s > 1) this.presses = press(this.presses, at_s, "unscored");
    this.sure = false;
    this.player.pause();
    if (!await this.keep({ done: true })) return;
    say("Saved.");
    await this.next();
  }

  listen() {
    this.down = (event) => this.keyDown(event);
    this.up = (event) => this.keyUp(event);
    this.leave = () => this.keep({ leaving: true });
    document.addEventListener("keydown", this.down);
    document.addEventListener("keyup", this.up);
    window.addEventListener("pagehide", this.leave);
  }

  keyDown(event) {
    if (!this.player || meantFor(event)) return;
    const state = event.ctrlKey || event.metaKey ? undefined : KEYS[event.key.toLowerCase()];
    if (event.key === "Backspace") this.undo();
    else if (event.key === "Enter") this.finish();
    else if (state) this.stateKey(event, state);
    else if (!playerKey(this.player, event)) return;
    event.preventDefault();
  }

  stateKey(event, state) {
    if (event.repeat) return;
    if (this.hold.checked) this.held = { key: event.key.toLowerCase(), before: stateAt(this.presses, this.player.shown?.time_s ?? 0) };
    this.press(state);
  }

  keyUp(event) {
    if (this.held?.key !== event.key.toLowerCase()) return;
    const { before } = this.held;
    this.held = null;
    this.press(before);
  }

  close() {
    document.removeEventListener("keydown", this.down);
    document.removeEventListener("keyup", this.up);
    window.removeEventListener("pagehide", this.leave);
    if (this.player) this.keep();
    this.player?.close();
  }
}

/** Open the screen; returns how to put it away. */
export async function open(root, study) {
  const screen = new ScoreScreen(root, study);
  await screen.open();
  return () => screen.close();
}
