/** A picture to draw arenas on, by mouse, pen or finger. */

import { make } from "./dom.js";
import { handleAt, handlesOf, holds, inside, meant, moved, resized, spanned, trace } from "./shapes.js";

const OUTLINE = "#ffb000";
const CHOSEN = "#00d0ff";
const REACH_PX = 9; // of the screen
const REACH_FINGER_PX = 20;

/**
 * The drawing board.
 * `arenas` and `chosen` are set by whoever owns it, who is told of every wish through `wishes`:
 * `choose(index)`, `change(index, arena)` while dragging, `done()` at its end, `add(arena)`,
 * `measured(length_px)`.
 */
export class Board {
  constructor(size, wishes) {
    this.size = size;
    this.wishes = wishes;
    this.arenas = [];
    this.chosen = -1;
    this.tool = "move";
    this.image = null;
    this.drag = null;
    this.corners = []; // of a polygon, or of a measure, that is being drawn
    this.corner = -1; // that of the chosen arena which the arrow keys move
    this.canvas = make("canvas", {
      width: size.width, height: size.height, className: "board", tabIndex: 0,
      "aria-label": "Picture with arenas; the arrow keys move the chosen one",
      on: {
        pointerdown: (event) => this.press(event),
        pointermove: (event) => this.pull(event),
        pointerup: (event) => this.release(event),
        pointercancel: () => this.cancel(),
        dblclick: () => this.closePolygon(),
      },
    });
    this.canvas.style.setProperty("--ratio", size.width / size.height);
  }

  /** Screen px per px of the frame. */
  get zoom() {
    return this.canvas.getBoundingClientRect().width / this.size.width || 1;
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return inside([(event.clientX - box.left) / this.zoom, (event.clientY - box.top) / this.zoom], this.size);
  }

  press(event) {
    if (event.button > 0) return;
    this.canvas.focus();
    this.canvas.setPointerCapture(event.pointerId);
    const point = this.place(event);
    const reach = event.pointerType === "touch" ? REACH_FINGER_PX : REACH_PX;
    if (this.tool === "polygon") this.addCorner(point, reach);
    else if (this.tool === "scale") this.measure(point);
    else if (this.tool === "move") this.take(point, reach);
    else this.drag = { kind: "draw", from: point, to: point };
    this.draw();
  }

  /** Add a corner to a polygon; the first one once more ends it. */
  addCorner(point, reach) {
    const [first] = this.corners;
    const back = first && Math.hypot(point[0] - first[0], point[1] - first[1]) <= reach / this.zoom;
    if (back && this.corners.length >= 3) this.closePolygon();
    else this.corners.push(point);
  }

  take(point, reach) {
    const handle = this.chosen < 0 ? -1 : handleAt(this.arenas[this.chosen], point, reach / this.zoom);
    if (handle >= 0) {
      this.drag = { kind: "resize", handle };
      return;
    }
    const hit = this.arenas.findLastIndex((arena) => holds(arena, point));
    this.wishes.choose(hit);
    if (hit >= 0) this.drag = { kind: "move", from: point, arena: this.arenas[hit] };
  }

  measure(point) {
    this.corners.push(point);
    if (this.corners.length < 2) return;
    const [[x1, y1], [x2, y2]] = this.corners.slice(-2);
    this.corners = [];
    this.wishes.measured(Math.hypot(x2 - x1, y2 - y1));
  }

  pull(event) {
    const point = this.place(event);
    this.pointer = point;
    const { drag } = this;
    if (drag?.kind === "draw") drag.to = point;
    else if (drag?.kind === "resize") {
      this.wishes.change(this.chosen, resized(this.arenas[this.chosen], drag.handle, point, this.size));
    } else if (drag?.kind === "move") {
      const [dx, dy] = [point[0] - drag.from[0], point[1] - drag.from[1]];
      this.wishes.change(this.chosen, moved(drag.arena, dx, dy, this.size));
    }
    if (drag || this.corners.length) this.draw();
  }

  release() {
    const { drag } = this;
    this.drag = null;
    if (drag?.kind === "draw") {
      const box = spanned(drag.from, drag.to);
      if (meant(box)) this.wishes.add({ ...box, shape: this.tool, points: [] });
    } else if (drag) this.wishes.done();
    this.draw();
  }

  cancel() {
    this.drag = null;
    this.corners = [];
    this.corner = -1;
    this.draw();
  }

  /** Give the next corner of the chosen arena, or the one before, to the arrow keys. */
  nextCorner(by) {
    const count = handlesOf(this.arenas[this.chosen]).length;
    const before = by > 0 ? -1 : 0; // where none is chosen yet
    this.corner = ((this.corner < 0 ? before : this.corner) + by + count) % count;
    this.draw();
  }

  /** End a polygon at its last corner. */
  closePolygon() {
    const close = ([x, y], [u, v]) => Math.hypot(x - u, y - v) < 2 / this.zoom;
    const points = this.corners.filter((point, index) => !index || !close(point, this.corners[index - 1]));
    this.corners = [];
    if (this.tool === "polygon" && points.length >= 3) this.wishes.add({ shape: "polygon", points });
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.size.width, this.size.height);
    if (this.image) context.drawImage(this.image, 0, 0, this.size.width, this.size.height);
    this.arenas.forEach((arena, index) => drawArena(context, arena, 2 / this.zoom, index === this.chosen));
    const { drag } = this;
    if (this.chosen >= 0 && this.corner >= 0) {
      const at = handlesOf(this.arenas[this.chosen])[this.corner];
      if (at) drawHandle(context, ...at, 4 / this.zoom, CHOSEN);
    }
    if (drag?.kind === "draw") {
      drawArena(context, { ...spanned(drag.from, drag.to), shape: this.tool, points: [], name: "" }, 2 / this.zoom, true);
    }
    this.drawCorners(context);
  }

  drawCorners(context) {
    if (!this.corners.length) return;
    context.strokeStyle = CHOSEN;
    context.lineWidth = 2 / this.zoom;
    context.beginPath();
    [...this.corners, this.pointer ?? this.corners.at(-1)].forEach(([x, y], index) =>
      (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
    this.corners.forEach(([x, y]) => drawHandle(context, x, y, 2 / this.zoom));
  }
}

/** Draw an arena with its name; a chosen one with its handles. */
export function drawArena(context, arena, line, chosen = false) {
  trace(context, arena);
  for (const [colour, width] of [["#000000b0", 2.2 * line], [chosen ? CHOSEN : OUTLINE, line]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
  context.font = `600 ${11 * line}px system-ui, sans-serif`;
  context.lineWidth = 2 * line;
  context.strokeStyle = "#000";
  context.fillStyle = chosen ? CHOSEN : OUTLINE;
  const [x, y] = [arena.x + 4 * line, arena.y + 12 * line];
  context.strokeText(arena.name, x, y);
  context.fillText(arena.name, x, y);
  if (chosen) handlesOf(arena).forEach(([hx, hy]) => drawHandle(context, hx, hy, line));
}

function drawHandle(context, x, y, line, colour = "#fff") {
  context.fillStyle = colour;
  context.strokeStyle = "#000";
  context.lineWidth = line / 2;
  context.beginPath();
  context.rect(x - 2.5 * line, y - 2.5 * line, 5 * line, 5 * line);
  context.fill();
  context.stroke();
}
