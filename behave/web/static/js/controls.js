/** The buttons below a video. */

import { button, clock, make } from "./dom.js";
import { SPEEDS } from "./player.js";

/** Play, step, speed and time of a player; `shown()` is to be called when a frame was shown. */
export function controls(player) {
  const play = button("Play", () => player.toggle(), { "data-act": "play" });
  const speed = make("select", { id: "speed", "aria-label": "Speed", on: { change: () => player.setSpeed(Number(speed.value)) } },
    ...SPEEDS.map((value) => make("option", { value, selected: value === player.speed }, `${value}x`)));
  const time = make("span", { className: "time" });
  const place = make("input", {
    type: "range", className: "slider", min: player.first, max: player.last, step: 1, value: player.first,
    "aria-label": "Frame", on: { input: () => player.drag(player.times[Number(place.value)]) },
  });
  player.onPlay = (playing) => { play.textContent = playing ? "Pause" : "Play"; };
  const element = make("div", { className: "bar" }, play,
    button("<", () => player.step(-1), { "aria-label": "One frame back" }),
    button(">", () => player.step(1), { "aria-label": "One frame on" }),
    speed, place, time);
  const shown = () => {
    time.textContent = `${clock(player.shown.time_s)}  frame ${player.shown.number}`;
    if (document.activeElement !== place || player.playing) place.value = player.shown.number;
    speed.value = player.speed;
  };
  return { element, shown };
}

/** Do what a key asks of a player; false where it asks for nothing. */
export function playerKey(player, event) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -10, ArrowUp: 10, PageDown: -25, PageUp: 25 };
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === " ") player.toggle();
  else if (event.key in steps) player.step(steps[event.key]);
  else if (event.key === "+" || event.key === "=") player.faster(1);
  else if (event.key === "-") player.faster(-1);
  else return false;
  return true;
}
