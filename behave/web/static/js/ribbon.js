/** States over time as a strip of colours. */

import { make } from "./dom.js";

/** Okabe and Ito's palette: told apart with every kind of colour blindness. */
export const COLOURS = {
  immobile: "#d55e00", mobile: "#56b4e9", swimming: "#009e73", climbing: "#f0e442", unscored: "#999999",
};

/** What the colours mean, as a list. */
export function legend() {
  return make("ul", { className: "legend" }, ...Object.keys(COLOURS).map((state) =>
    make("li", {}, make("span", { className: `swatch state-${state}` }), state)));
}

/** A canvas as wide as its place; its px are those of the screen. */
export function strip(height_px, label) {
  const canvas = make("canvas", { className: "strip", height: height_px, role: "img", "aria-label": label });
  canvas.style.height = `${height_px}px`;
  return canvas;
}

/** Make a canvas as fine as the screen; returns its width and height in CSS px. */
export function fit(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth || 600;
  const height = canvas.clientHeight || 40;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height };
}

/**
 * Draw stretches over a span.
 * @param {CanvasRenderingContext2D} context
 * @param {{state: string, start_s: number, stop_s: number}[]} bouts
 * @param {{from_s: number, to_s: number, left: number, width: number, top: number, height: number}} place
 */
export function drawRibbon(context, bouts, place) {
  const scale = place.width / (place.to_s - place.from_s);
  for (const { state, start_s, stop_s } of bouts) {
    const from = Math.max(start_s, place.from_s);
    const to = Math.min(stop_s, place.to_s);
    if (to <= from) continue;
    context.fillStyle = COLOURS[state];
    // Immobile is also taller: the eye tells it without its colour.
    const share = state === "immobile" ? 1 : 0.55;
    const height = place.height * share;
    context.fillRect(place.left + (from - place.from_s) * scale, place.top + place.height - height, (to - from) * scale + 0.3, height);
  }
}
