/** The screen 'Calibration': each camera's pooled motion with its valley, and what a move of it does. */

import { read, save } from "./api.js";
import { button, labelled, make, say } from "./dom.js";
import { heading } from "./help.js";
import { drawRibbon, fit, legend, strip } from "./ribbon.js";
import { colour } from "./theme.js";

const HEIGHT_PX = 190;
const SOURCES = { learnt: "learnt from this camera's animals", study: "from the study's other cameras", default: "the tracker's own, as nothing could be learnt", given: "given" };

class CalibrationScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
  }

  async open() {
    this.take(await read("api/calibration"));
    this.resized = () => this.draw();
    window.addEventListener("resize", this.resized);
  }

  take(found) {
    this.cameras = found.cameras;
    this.window = found.window;
    if (!this.cameras.length) {
      this.root.replaceChildren(heading("Calibration", "calibration"), make("p", { className: "card" },
        "There is nothing to calibrate yet. ", make("a", { href: "#/run" }, "Run the study"), ", then look again."));
      return;
    }
    this.choose(this.camera ? this.camera.camera : this.cameras[0].camera);
  }

  choose(name) {
    this.camera = this.cameras.find(({ camera }) => camera === name) ?? this.cameras[0];
    this.below = this.camera.immobile_below;
    this.used = new Map(this.camera.trials.map((one) => [one.trial_id, one.immobility_s]));
    this.trials = this.camera.trials;
    this.build();
  }

  build() {
    const { camera } = this;
    const picker = make("select", { id: "camera", on: { change: () => this.choose(picker.value) } },
      ...this.cameras.map((one) => make("option", { value: one.camera, selected: one === camera }, one.camera || "the camera")));
    this.canvas = strip(HEIGHT_PX, "How often motion of each strength was, and the threshold");
    const move = (event) => { if (event.buttons) this.drag(event); };
    this.canvas.addEventListener("pointerdown", (event) => { this.canvas.setPointerCapture(event.pointerId); move(event); });
    this.canvas.addEventListener("pointermove", move);
    this.place = make("input", { type: "range", className: "slider", id: "below", step: 0.005, min: Math.log(this.low), max: Math.log(this.high),
      value: Math.log(this.below), "aria-label": "Threshold", on: { input: () => this.move(Math.exp(Number(this.place.value))) } });
    this.told = make("output", { className: "time", id: "told" });
    this.scorer = make("input", { type: "text", maxLength: 40, id: "scorer", value: localStorage.getItem("scorer") ?? "" });
    this.reason = make("input", { type: "text", maxLength: 400, id: "reason", size: 34 });
    this.keep = button("Use it", () => this.use(), { className: "main", id: "use", disabled: this.study.read_only });
    this.list = make("div", { className: "card" });
    this.root.replaceChildren(heading("Calibration", "calibration"),
      make("div", { className: "card" },
        make("div", { className: "bar" }, labelled("Camera", picker),
          make("span", { className: "note", id: "source" }, `${camera.n_animals} animals, ${camera.minutes.toFixed(1)} min; threshold ${SOURCES[camera.source]}, clarity ${camera.clarity.toFixed(2)} of 1`)),
        this.canvas,
        make("div", { className: "bar" }, this.place, this.told, button("As it was used", () => this.move(camera.immobile_below))),
        make("div", { className: "bar" }, labelled("Your name", this.scorer), labelled("Reason", this.reason), this.keep)),
      make("div", { className: "bar" }, legend()), this.list);
    this.showList();
    this.tell();
    this.draw();
  }

  /** What of the axis is shown: all that occurred, and the threshold well within. */
  get low() { return Math.min(this.camera.motion[0] ?? 0.001, this.camera.immobile_below / 4); }
  get high() { return Math.max(this.camera.motion.at(-1) ?? 1, this.camera.immobile_below * 4); }

  x(motion, width) {
    return ((Math.log(motion) - Math.log(this.low)) / (Math.log(this.high) - Math.log(this.low))) * width;
  }

  drag(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    this.move(Math.exp(Math.log(this.low) + share * (Math.log(this.high) - Math.log(this.low))));
  }

  /** Follow the hand: one question at a time, the latest place last. */
  async move(below) {
    this.below = below;
    this.place.value = Math.log(below);
    this.tell();
    this.draw();
    if (this.asking) return;
    this.asking = true;
    const { camera } = this;
    try {
      let asked = null;
      while (asked !== this.below && camera === this.camera) {
        asked = this.below;
        const query = new URLSearchParams({ camera: camera.camera, below: asked });
        const { trials } = await read(`api/calibration/tried?${query}`);
        if (camera !== this.camera) return;
        this.trials = trials;
        this.showList();
        this.draw();
      }
    } catch (error) {
      say(error.message, true);
    } finally {
      this.asking = false;
    }
  }

  tell() {
    this.told.textContent = `${Number(this.below.toPrecision(3))} (${(this.below / this.camera.immobile_below).toFixed(2)} x used)`;
  }

  showList() {
    const rows = this.trials.map((trial) => {
      const change = trial.immobility_s - this.used.get(trial.trial_id);
      trial.canvas = strip(26, `States of ${trial.trial_id}`);
      return make("tr", {}, make("td", {}, make("a", { href: `#/review/${encodeURIComponent(trial.trial_id)}` }, trial.trial_id)),
        make("td", { className: "ribbon" }, trial.canvas),
        make("td", { className: "number" }, `${trial.immobility_s.toFixed(1)} s`),
        make("td", { className: "number", "data-change": trial.trial_id }, Math.abs(change) < 0.05 ? "" : `${change > 0 ? "+" : "\u2212"}${Math.abs(change).toFixed(1)} s`));
    });
    const head = ["animal", "states", "immobile", "change"].map((text, index) => make("th", { scope: "col", className: index > 1 ? "number" : "" }, text));
    this.list.replaceChildren(make("table", { id: "tried" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
    this.drawRibbons();
  }

  draw() {
    if (!this.canvas?.isConnected) return;
    const { context, width, height } = fit(this.canvas);
    context.clearRect(0, 0, width, height);
    const { motion, share } = this.camera;
    const most = Math.max(...share, 1e-9);
    const floor = height - 22;
    context.fillStyle = colour("mobile");
    motion.forEach((value, index) => {
      const from = this.x(index ? Math.sqrt(value * motion[index - 1]) : value, width);
      const to = this.x(index + 1 < motion.length ? Math.sqrt(value * motion[index + 1]) : value, width);
      context.fillStyle = value < this.below ? colour("immobile") : colour("mobile");
      const tall = (share[index] / most) * (floor - 8);
      context.fillRect(from, floor - tall, Math.max(to - from - 0.5, 1), tall);
    });
    context.fillStyle = colour("faint");
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "bottom";
    for (let power = Math.ceil(Math.log10(this.low)); 10 ** power <= this.high; power += 1) context.fillText(String(Number((10 ** power).toPrecision(3))), this.x(10 ** power, width) + 2, height - 3);
    context.fillText("motion", 4, 16);
    context.fillStyle = colour("ink");
    context.fillRect(this.x(this.below, width) - 1, 0, 2, floor);
    this.drawRibbons();
  }

  drawRibbons() {
    for (const { canvas, bouts, from_s, to_s } of this.trials) {
      if (!canvas?.isConnected) continue;
      const { context, width, height } = fit(canvas);
      context.clearRect(0, 0, width, height);
      drawRibbon(context, bouts, { from_s, to_s, left: 0, width, top: 2, height: height - 4 });
    }
  }

  async use() {
    const [scorer, reason] = [this.scorer.value.trim(), this.reason.value.trim()];
    if (!scorer || !reason) {
      say("Give your name and the reason: both are kept with the decision, and the report states them.", true);
      return;
    }
    localStorage.setItem("scorer", scorer);
    try {
      await save("api/calibration", { camera: this.camera.camera, immobile_below: Number(this.below.toPrecision(4)), scorer, reason });
      say("Kept in by_hand/calibration.csv, and the study file names it. Run again to use it.");
    } catch (error) {
      say(error.message, true);
    }
  }

  close() { window.removeEventListener("resize", this.resized); }
}

/** Open the screen; returns how to put it away. */
export async function open(root, study) {
  const screen = new CalibrationScreen(root, study);
  await screen.open();
  return () => screen.close();
}
