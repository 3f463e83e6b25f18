/** Motion over time with its threshold, and the states below it. */

import { drawRibbon, fit, strip } from "./ribbon.js";
import { colour } from "./theme.js";

// The motion is shown up to so many thresholds; what is above is cut.
const TOP = 4;
const LEFT_PX = 84;
const ROWS = { trace: [6, 92], auto: [104, 18], manual: [126, 18], bins: [150, 17] };
const HEIGHT_PX = 184;
const CLOSEST_S = 2; // in view at the closest

/**
 * The strip of a trial. `manual` and `view_s` may be changed; then `draw` it again.
 * @param {object} trial as read from the program
 * @param {function(number): void} onDrag called with the time that a hand is at
 */
export class Trace {
  constructor(trial, onDrag) {
    this.trial = trial;
    this.manual = trial.manual;
    this.bins = trial.bins;
    this.end_s = trial.times_s.at(-1);
    this.view_s = Infinity;
    this.canvas = strip(HEIGHT_PX, "Motion with its threshold, scored states, corrections and bins over time");
    const move = (event) => {
      if (event.buttons) onDrag(this.timeAt(event));
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      move(event);
    });
    this.canvas.addEventListener("pointermove", move);
    this.onZoom = () => {};
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8);
    }, { passive: false });
  }

  /** Show more or less time; so many times as much as now. */
  zoom(times) {
    const view_s = Math.min(this.view_s, this.end_s) * times;
    this.view_s = view_s >= this.end_s ? Infinity : Math.max(view_s, CLOSEST_S);
    this.onZoom();
  }

  timeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT_PX) / (box.width - LEFT_PX);
    return this.from_s + Math.min(Math.max(share, 0), 1) * (this.to_s - this.from_s);
  }

  /** What of the trial is in view round a time. */
  look(now_s) {
    if (this.view_s >= this.end_s) [this.from_s, this.to_s] = [0, this.end_s];
    else {
      this.from_s = Math.min(Math.max(now_s - this.view_s / 2, 0), this.end_s - this.view_s);
      this.to_s = this.from_s + this.view_s;
    }
  }

  draw(now_s, mark_s = null) {
    // While a hand drags, time must not run away under it.
    this.look(now_s);
    const { context, width, height } = fit(this.canvas);
    this.context = context;
    this.width = width - LEFT_PX;
    context.clearRect(0, 0, width, height);
    context.fillStyle = colour("ink");
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const [row, label] of [["auto", "scored"], ["manual", "corrected"], ["bins", "immobile"]]) {
      context.fillText(label, 4, ROWS[row][0] + ROWS[row][1] / 2);
    }
    context.fillText("motion", 4, 24);
    this.drawWindow(height);
    this.drawMotion();
    const place = (row) => ({ from_s: this.from_s, to_s: this.to_s, left: LEFT_PX, width: this.width, top: ROWS[row][0], height: ROWS[row][1] });
    drawRibbon(context, this.trial.auto, place("auto"));
    drawRibbon(context, this.manual, place("manual"));
    this.drawBins();
    this.drawJumps();
    if (mark_s !== null) this.drawLine(mark_s, colour("correction"), height);
    this.drawLine(now_s, colour("ink"), height);
  }

  x(time_s) {
    return LEFT_PX + ((time_s - this.from_s) / (this.to_s - this.from_s)) * this.width;
  }

  drawLine(time_s, ink, height) {
    if (time_s < this.from_s || time_s > this.to_s) return;
    this.context.fillStyle = ink;
    this.context.fillRect(this.x(time_s) - 1, 0, 2, height);
  }

  /** Shade what lies outside the scored window. */
  drawWindow(height) {
    const window = this.trial.epochs.score_window ?? this.trial.epochs.whole;
    this.context.fillStyle = colour("shade");
    const from = Math.max(this.x(window[0]), LEFT_PX);
    const to = Math.min(this.x(window[1] ?? this.end_s), LEFT_PX + this.width);
    this.context.fillRect(LEFT_PX, 0, Math.max(from - LEFT_PX, 0), height);
    this.context.fillRect(to, 0, Math.max(LEFT_PX + this.width - to, 0), height);
  }

  drawMotion() {
    const { context } = this;
    const [top, height] = ROWS.trace;
    const y = (motion) => top + height * (1 - Math.min(motion / this.trial.immobile_below, TOP) / TOP);
    const { time_s, value } = this.trial.motion;
    context.strokeStyle = colour("trace");
    context.lineWidth = 1;
    context.beginPath();
    let joined = false;
    for (let index = 0; index < time_s.length; index += 1) {
      if (time_s[index] < this.from_s || time_s[index] > this.to_s) continue;
      if (value[index] === null) joined = false;
      else if (joined) context.lineTo(this.x(time_s[index]), y(value[index]));
      else context.moveTo(this.x(time_s[index]), y(value[index]));
      joined = value[index] !== null;
    }
    context.stroke();
    context.setLineDash([6, 4]);
    context.strokeStyle = colour("threshold");
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(LEFT_PX, y(this.trial.immobile_below));
    context.lineTo(LEFT_PX + this.width, y(this.trial.immobile_below));
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = colour("threshold");
    context.fillText("threshold", 4, y(this.trial.immobile_below));
  }

  drawBins() {
    const { context } = this;
    const [top, height] = ROWS.bins;
    context.fillStyle = colour("ink");
    context.strokeStyle = colour("line-strong");
    context.lineWidth = 1;
    for (const bin of this.bins) {
      const from = this.x(this.trial.entry_s + bin.start_s);
      const to = this.x(this.trial.entry_s + bin.stop_s);
      if (to < LEFT_PX || from > LEFT_PX + this.width) continue;
      context.strokeRect(Math.max(from, LEFT_PX), top, Math.min(to, LEFT_PX + this.width) - Math.max(from, LEFT_PX), height);
      const text = bin.immobility_s === null ? "" : `${bin.immobility_s.toFixed(1)} s`;
      if (to - from > 44) context.fillText(text, Math.max(from, LEFT_PX) + 4, top + height / 2);
    }
  }

  /** Small marks where there is something to look at. */
  drawJumps() {
    for (const { kind, start_s } of this.trial.jumps) {
      if (start_s < this.from_s || start_s > this.to_s) continue;
      // Doubtful stretches are triangles, all else squares: told apart without their colour.
      const doubtful = kind === "doubtful";
      const x = this.x(start_s);
      this.context.fillStyle = colour(doubtful ? "correction" : "ink");
      this.context.beginPath();
      for (const corner of doubtful ? [[-5, 0], [5, 0], [0, 7]] : [[-4, 0], [4, 0], [4, 7], [-4, 7]]) {
        this.context.lineTo(x + corner[0], corner[1]);
      }
      this.context.fill();
    }
  }
}
