/** All videos' first frames with their arenas on one sheet, so that a bumped camera is seen. */

import { fetchFrame, read } from "./api.js";
import { drawArena } from "./board.js";
import { button, make } from "./dom.js";

const WIDTH_PX = 400;

/**
 * Draw the sheet.
 * @param {HTMLElement} place
 * @param {{name: string}[]} videos
 * @param {import("./drawing.js").Drawing} drawing
 * @param {{current: string, scenes: Map<string, {scene: string, shift_px: number}>,
 *   choose: function(number), copy: function(string), restore: function(string)}} told the video
 *   that is open, how the others' scenes compare to its own where that is known, and what to do
 */
export async function drawSheet(place, videos, drawing, told) {
  const sheet = make("div", { className: "sheet" });
  place.replaceChildren(make("h2", {}, "The arenas on each video's first frame"), sheet);
  for (const [index, { name }] of videos.entries()) {
    const arenas = drawing.of(name);
    const odd = remark(told.scenes.get(name), told.current);
    const figure = make("figure", { className: arenas.length && !odd ? "" : "suspect" });
    sheet.append(figure);
    try {
      figure.append(await picture(index, arenas));
    } catch (error) {
      figure.append(make("p", { className: "fault" }, error.message));
    }
    const acts = [button(name, () => told.choose(index), { title: "Draw on this video" })];
    if (name !== told.current) acts.push(button("Copy here", () => told.copy(name), { title: `Copy the arenas of ${told.current}` }));
    if (drawing.changed(name)) acts.push(button("As saved", () => told.restore(name)));
    const count = arenas.length ? `${arenas.length} arenas` : "no arenas yet";
    figure.append(make("figcaption", {}, make("span", { className: "bar" }, ...acts), count,
      odd ? make("strong", { className: "fault" }, `. ${odd}`) : ""));
  }
}

/** What is odd about a video's scene, in words; "" if nothing is. */
function remark(compared, current) {
  if (!compared) return "";
  const { scene, shift_px } = compared;
  if (scene === "moved") return `Moved by about ${Math.round(shift_px)} px against ${current}: look whether the arenas still fit.`;
  if (scene === "size") return `Its picture is of another size than that of ${current}.`;
  return scene === "other" ? `Another scene than ${current}.` : "";
}

async function picture(index, arenas) {
  const [{ width, height }, frame] = await Promise.all([
    read(`api/videos/${index}`),
    fetchFrame(`api/videos/${index}/frames/0?width=${WIDTH_PX}`),
  ]);
  const scale = frame.image.width / width;
  const canvas = make("canvas", { width: frame.image.width, height: Math.round(height * scale) });
  const context = canvas.getContext("2d");
  context.drawImage(frame.image, 0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  arenas.forEach((arena) => drawArena(context, arena, 2 / scale));
  return canvas;
}
