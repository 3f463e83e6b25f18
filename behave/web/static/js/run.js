/** The screen 'Run': what stands in the way, how far it is, and what became of each trial. */

import { read, save } from "./api.js";
import { button, make, say } from "./dom.js";
import { heading } from "./help.js";

const ASK_EVERY_MS = 700;
const STAGES = { arenas: "Arenas", tracking: "Videos", scoring: "Scores", overlays: "Overlays", statistics: "Statistics", report: "Report" };

class RunScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
  }

  async open() {
    this.act = button("Run", () => this.wish("start"), { className: "main", id: "start" });
    this.pause = button("Pause", () => this.wish("stop"), { id: "stop" });
    this.anew = make("input", { type: "checkbox", id: "anew" });
    this.told = make("p", { id: "told", "aria-live": "polite" });
    this.stages = make("ul", { className: "stages" });
    this.faults = make("div", { className: "card", hidden: true, id: "faults" });
    this.before = make("div", { className: "card", id: "before" }, "Looking at the study ...");
    this.trials = make("div", { className: "card scroll" });
    this.root.replaceChildren(heading("Run", "run"),
      make("div", { className: "card" },
        make("div", { className: "bar" }, this.act, this.pause, make("label", {}, this.anew, "Measure every video again"),
          make("a", { href: "#/results", className: "button" }, "To the results")),
        this.told, this.stages),
      this.faults, this.before, this.trials);
    this.show(await read("api/run"));
    await this.look();
  }

  /** What stands in the way of a run. */
  async look() {
    const found = await read("api/run/ready");
    this.ready = found.ready;
    const list = (texts, kind) => texts.map((text) => make("li", { className: `problem ${kind}` }, text));
    const said = found.ready
      ? `${found.trials["to score"]} animals in ${found.videos} ${found.videos === 1 ? "video" : "videos"} (${Math.round(found.length_s / 60)} min) can be scored.`
      : "The study cannot be run yet.";
    this.before.replaceChildren(make("h2", {}, "Before the run"), make("p", {}, said),
      make("ul", {}, ...list(found.problems, "fault"), ...list(found.notes, "note")));
    this.update();
  }

  async wish(act) {
    try {
      this.show(await save("api/run", { act, anew: act === "start" && this.anew.checked }));
    } catch (error) {
      say(error.message, true);
    }
  }

  show(run) {
    const before = this.run?.state;
    this.run = run;
    const said = {
      idle: run.trials.length ? "These are the results of an earlier run. What did not change is not measured again." : "Not run yet.",
      running: "Running. You may close this page and come back.",
      stopped: "Paused. What was measured is kept: run again to go on.",
      done: "Done.",
      refused: "The run could not be made.",
    };
    this.told.textContent = said[run.state];
    this.stages.replaceChildren(...run.stages.map(stage));
    this.faults.hidden = !run.problems.length;
    this.faults.replaceChildren(...run.problems.map((text) => make("p", { className: "problem fault" }, text)));
    this.showTrials();
    this.update();
    clearTimeout(this.timer);
    if (run.state === "running") this.timer = setTimeout(() => this.follow(), ASK_EVERY_MS);
    else if (before === "running" && run.state === "done") say("The run is done.");
  }

  async follow() {
    try {
      this.show(await read("api/run"));
    } catch (error) {
      say(error.message, true);
      this.timer = setTimeout(() => this.follow(), 4 * ASK_EVERY_MS);
    }
  }

  update() {
    const running = this.run.state === "running";
    this.act.disabled = running || this.study.read_only || this.ready === false;
    this.pause.disabled = !running;
  }

  showTrials() {
    const { trials } = this.run;
    if (!trials.length) {
      this.trials.replaceChildren(make("p", { className: "note" }, "What becomes of each animal will stand here."));
      return;
    }
    const rank = { failed: 0, missing: 1, excluded: 2, done: 3 };
    const rows = [...trials].sort((a, b) => (rank[a.status] ?? 0) - (rank[b.status] ?? 0)).map((one) => make("tr", {},
      make("td", {}, one.status === "done" ? make("a", { href: `#/review/${encodeURIComponent(one.trial_id)}` }, one.trial_id) : one.trial_id),
      make("td", {}, make("span", { className: `pill ${one.status === "done" ? "good" : "warn"}` }, one.status)),
      make("td", {}, [one.message, one.flag_text].filter(Boolean).join(" "))));
    const head = ["animal", "what became of it", "what to know"].map((text) => make("th", { scope: "col" }, text));
    this.trials.replaceChildren(make("h2", {}, "Animals"), make("table", { id: "fates" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
  }

  close() { clearTimeout(this.timer); }
}

function stage({ name, done, total, left_s }) {
  const left = left_s === null ? "" : left_s < 90 ? `about ${Math.ceil(left_s)} s left` : `about ${Math.round(left_s / 60)} min left`;
  return make("li", {}, STAGES[name] ?? name, make("progress", { value: done, max: Math.max(total, 1), "aria-label": name }),
    make("span", { className: "note" }, `${Math.floor(done)} of ${total}  ${left}`));
}

/** Open the screen; returns how to put it away. */
export async function open(root, study) {
  const screen = new RunScreen(root, study);
  await screen.open();
  return () => screen.close();
}
