/** All videos' first frames with their arenas on one sheet, so that a bumped camera is seen. */

import { fetchFrame, read } from "./api.js";
import { drawArena } from "./board.js";
import { button, make } from "./dom.js";

const WIDTH_PX = 400;

/**
 * Draw the sheet.
 * @param {HTMLElement} place
 * @param {{name: string}[]} videos
 * @param {Map<string, import("./shapes.js").Arena[]>} drawn arenas by video
 * @param {function(number): void} choose called with the video that was clicked
 */
export async function drawSheet(place, videos, drawn, choose) {
  const sheet = make("div", { className: "sheet" });
  place.replaceChildren(make("h2", {}, "The arenas on each video's first frame"), sheet);
  for (const [index, { name }] of videos.entries()) {
    const arenas = drawn.get(name) ?? [];
    const figure = make("figure", { className: arenas.length ? "" : "suspect" });
    sheet.append(figure);
    try {
      figure.append(await picture(index, arenas));
    } catch (error) {
      figure.append(make("p", { className: "fault" }, error.message));
    }
    const said = arenas.length ? `${arenas.length} arenas` : "no arenas yet";
    figure.append(make("figcaption", {}, button(name, () => choose(index)), ` ${said}`));
  }
}

async function picture(index, arenas) {
  const [{ width, height }, frame] = await Promise.all([
    read(`/api/videos/${index}`),
    fetchFrame(`/api/videos/${index}/frames/0?width=${WIDTH_PX}`),
  ]);
  const scale = frame.image.width / width;
  const canvas = make("canvas", { width: frame.image.width, height: Math.round(height * scale) });
  const context = canvas.getContext("2d");
  context.drawImage(frame.image, 0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  arenas.forEach((arena) => drawArena(context, arena, 2 / scale));
  return canvas;
}
