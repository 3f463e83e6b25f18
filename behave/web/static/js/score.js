/** The screen 'Score': people score blind. */

import { read, save } from "./api.js";
import { controls, playerKey } from "./controls.js";
import { button, labelled, make, meantFor, say } from "./dom.js";
import { heading } from "./help.js";
import { Player } from "./player.js";
import { press, stateAt, stretches } from "./presses.js";
import { drawRibbon, fit, strip } from "./ribbon.js";
import { colour } from "./theme.js";

const KEYS = { i: "immobile", m: "mobile", s: "swimming", c: "climbing", u: "unscored" };
const BACK_S = 2; // rewound by an undo, so that the place is seen again
const TOLD = { done: "done", begun: "begun" };

class ScoreScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
    this.history = [];
    this.held = null;
  }

  /** Ask who scores. */
  async open() {
    const { scorers } = await read("api/score");
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
      this.address = `api/score/${encodeURIComponent(scorer)}`;
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
      labelled("Look at one again", this.picker()),
      make("p", {}, `Your scores are in by_hand/${scorer}.csv, the second time of those that came twice in by_hand/${scorer}_again.csv.`),
      make("p", {}, `Compare them:  behave agree by_hand/${scorer}.csv by_hand/${scorer}_again.csv --results RESULTS`)));
  }

  /** All trials by their codes, to go back to one of them. */
  picker() {
    const options = this.session.showings.map(({ code, done, begun }, index) => make("option",
      { value: code, selected: code === this.code }, `${index + 1}. ${code} ${done ? TOLD.done : begun ? TOLD.begun : ""}`));
    const choice = make("select", { id: "trial", on: { change: () => this.goTo(choice.value) } }, ...options);
    return choice;
  }

  /** Leave a trial as it is, and look at another one. */
  async goTo(code) {
    try {
      await this.keep();
      await this.show(code);
    } catch (error) {
      say(error.message, true);
    }
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
    this.player.setSpeed(Number(localStorage.getItem("speed") ?? 1));
    this.player.onSpeed = (speed) => localStorage.setItem("speed", speed);
    this.player.onEnd = () => say("The end of this trial. Press Enter to go on to the next.");
    this.build();
    this.player.seekTime(trial.position_s ?? trial.start_s);
  }

  build() {
    this.controls = controls(this.player);
    this.now = make("span", { className: "now", "aria-live": "off" });
    this.ribbon = strip(34, "What you scored so far");
    this.keyed = make("span", { className: "note", id: "keyed" });
    this.seconds = make("b", { id: "seconds" });
    this.bouts = make("b", { id: "bouts" });
    this.hold = make("input", { type: "checkbox", checked: localStorage.getItem("hold") === "yes", on: {
      change: () => localStorage.setItem("hold", this.hold.checked ? "yes" : "no"),
    } });
    const states = Object.entries(KEYS).map(([key, state]) => this.stateButton(key, state));
    const { showings } = this.session;
    const done = showings.filter((one) => one.done).length;
    this.root.replaceChildren(heading(`Trial ${this.code}`, "score"),
      make("div", { className: "columns" },
        make("div", { className: "stage" }, this.player.canvas,
          make("div", { className: "bar", id: "keys" }, this.now, ...states),
          this.controls.element, this.ribbon),
        make("div", { className: "side card" },
          make("div", { className: "tally" }, make("div", {}, "immobile, s", this.seconds), make("div", {}, "bouts", this.bouts)),
          make("p", {}, `${done} of ${showings.length} trials done, ${showings.length - done} to go.`, make("progress", { value: done, max: showings.length, "aria-label": "Trials done" })),
          make("p", {}, labelled("Trial", this.picker())),
          make("p", {}, labelled("Only while the key is held", this.hold)),
          make("p", {}, this.keyed),
          make("div", { className: "bar" },
            button("Undo", () => this.undo()),
            button("This trial is done", () => this.finish(), { className: "main", id: "done" })))));
  }

  /** A button that is pressed as its key is; a finger or the mouse may hold it too. */
  stateButton(key, state) {
    const act = ({ detail }) => { if (!this.hold.checked || !detail) this.press(state); };
    const one = button(`${state} (${key.toUpperCase()})`, act, { className: `state-${state}`, "data-state": state });
    one.addEventListener("pointerdown", () => { if (this.hold.checked) this.holdDown(one, state); });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) one.addEventListener(end, () => this.release(one));
    return one;
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
    context.fillStyle = colour("ink");
    context.fillRect(((now_s - start_s) / (stop_s - start_s)) * width - 1, 0, 2, height);
    this.keyed.textContent = `${this.presses.length} keys so far.`;
    // Up to the frame on the screen, as a stopwatch would show it.
    const still = known.filter(({ state, start_s: from }) => state === "immobile" && from < now_s);
    this.seconds.textContent = still.reduce((sum, one) => sum + Math.min(one.stop_s, now_s) - one.start_s, 0).toFixed(1);
    this.bouts.textContent = String(still.length);
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
  get draft() { return `draft/${this.study.name}/${this.session.scorer}/${this.code}`; }

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
    this.up = (event) => this.release(event.key.toLowerCase());
    this.leave = () => this.keep({ leaving: true });
    this.away = () => { if (this.held) this.release(this.held.by); };
    document.addEventListener("keydown", this.down);
    document.addEventListener("keyup", this.up);
    window.addEventListener("pagehide", this.leave);
    window.addEventListener("blur", this.away);
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
    if (this.hold.checked) this.holdDown(event.key.toLowerCase(), state);
    else this.press(state);
  }

  /** Begin a state that lasts as long as a key or a button is down; it ends the one held before. */
  holdDown(by, state) {
    const before = this.held?.before ?? stateAt(this.presses, this.player?.shown?.time_s ?? 0);
    this.held = { by, before };
    this.press(state);
  }

  release(by) {
    if (this.held?.by !== by) return;
    const { before } = this.held;
    this.held = null;
    this.press(before);
  }

  close() {
    document.removeEventListener("keydown", this.down);
    document.removeEventListener("keyup", this.up);
    window.removeEventListener("pagehide", this.leave);
    window.removeEventListener("blur", this.away);
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
