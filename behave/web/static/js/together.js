/** All animals of one video: the whole picture with their states, and a ribbon for each. */

import { read } from "./api.js";
import { COLOURS, drawRibbon, fit, strip } from "./ribbon.js";
import { stateAt } from "./stretches.js";
import { colour } from "./theme.js";

const ROW_PX = 24;
const MOST_ROWS = 8; // as high as the motion of one animal; more share the room
const LEFT_PX = 120;

/**
 * @param {function(number): void} onDrag called with the time that a hand is at
 * @param {function(string): void} onChoose called with the trial whose name was clicked
 */
export class Together {
  constructor(onDrag, onChoose) {
    this.onDrag = onDrag;
    this.onChoose = onChoose;
  }

  /** Read the animals of the video that a trial is in. */
  async take(address) {
    const { video, trials } = await read(`${address}/video`);
    const picture = await read(`api/videos/${video}`);
    this.trials = trials;
    this.film = { ...picture, address: `api/videos/${video}/frames/` };
    this.end_s = picture.times_s.at(-1);
    this.row_px = Math.min(ROW_PX, (MOST_ROWS * ROW_PX) / trials.length);
    this.canvas = strip(Math.ceil(this.row_px * trials.length) + 8, "What every animal of this video did over time");
    const drag = (event) => { if (event.buttons) this.at(event); };
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.at(event);
    });
    this.canvas.addEventListener("pointermove", drag);
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    if (x < LEFT_PX) {
      const row = Math.floor((event.clientY - box.top - 4) / this.row_px);
      if (event.type === "pointerdown" && this.trials[row]) this.onChoose(this.trials[row].trial_id);
      return;
    }
    this.onDrag(Math.min((x - LEFT_PX) / (box.width - LEFT_PX), 1) * this.end_s);
  }

  stateOf({ manual, auto }, time_s) {
    return stateAt(manual, time_s) || stateAt(auto, time_s) || "unscored";
  }

  /** Frame each arena in the colour of what its animal does now. */
  paint(context, time_s) {
    const line = Math.max(this.film.width / 240, 2);
    context.lineWidth = line;
    context.font = `600 ${Math.round(this.film.height / 26)}px system-ui, sans-serif`;
    context.textBaseline = "top";
    for (const trial of this.trials) {
      const { x, y, width, height, shape } = trial.arena;
      const state = this.stateOf(trial, time_s);
      context.strokeStyle = COLOURS[state];
      context.beginPath();
      if (shape === "ellipse") context.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI);
      else context.rect(x, y, width, height);
      context.stroke();
      const whole = `${trial.trial_id}: ${state}`;
      // A narrow arena has room for the name alone; its colour tells the state.
      const text = context.measureText(whole).width + 8 > width ? trial.trial_id : whole;
      const across = context.measureText(text).width + 8;
      context.fillStyle = COLOURS[state];
      context.fillRect(x, y, across, this.film.height / 22);
      context.fillStyle = "#000";
      context.fillText(text, x + 4, y + 2);
    }
  }

  draw(now_s, chosen) {
    const { context, width, height } = fit(this.canvas);
    context.clearRect(0, 0, width, height);
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "middle";
    const across = width - LEFT_PX;
    this.trials.forEach((trial, row) => {
      const top = 4 + row * this.row_px;
      context.fillStyle = colour(trial.trial_id === chosen ? "accent" : "ink");
      context.fillText(trial.trial_id, 6, top + this.row_px / 2, LEFT_PX - 12);
      const place = { from_s: 0, to_s: this.end_s, left: LEFT_PX, width: across, top: top + 2, height: this.row_px - 4 };
      drawRibbon(context, trial.auto, place);
      drawRibbon(context, trial.manual, place);
    });
    context.fillStyle = colour("ink");
    context.fillRect(LEFT_PX + (now_s / this.end_s) * across - 1, 0, 2, height);
  }
}
