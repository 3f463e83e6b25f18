/**
 * Arenas as geometry, in px of the full frame. Pure: an arena in, an arena out.
 * @typedef {{name: string, x: number, y: number, width: number, height: number, shape: string,
 *   px_per_cm: ?number, points: number[][]}} Arena
 */

const LEAST_PX = 4;

/** The box round some points, as the fields of an arena. */
export function boxOf(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** The points by which an arena is resized: the corners of its box, or of its polygon. */
export function handlesOf(arena) {
  if (arena.shape === "polygon") return arena.points;
  const { x, y, width, height } = arena;
  return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
}

/** Whether a point lies in an arena. */
export function holds(arena, [x, y]) {
  if (arena.shape === "polygon") return inPolygon(arena.points, x, y);
  const across = (x - arena.x) / arena.width;
  const down = (y - arena.y) / arena.height;
  if (arena.shape === "ellipse") return (2 * across - 1) ** 2 + (2 * down - 1) ** 2 <= 1;
  return across >= 0 && across <= 1 && down >= 0 && down <= 1;
}

function inPolygon(points, x, y) {
  let inside = false;
  points.forEach(([x1, y1], index) => {
    const [x2, y2] = points[(index + 1) % points.length];
    if ((y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

/** The number of the handle at a point, or -1. */
export function handleAt(arena, [x, y], reach) {
  return handlesOf(arena).findIndex(([hx, hy]) => Math.hypot(hx - x, hy - y) <= reach);
}

/** The arena moved, but not beyond the picture. */
export function moved(arena, dx, dy, size) {
  const right = Math.max(Math.min(dx, size.width - arena.x - arena.width), -arena.x);
  const down = Math.max(Math.min(dy, size.height - arena.y - arena.height), -arena.y);
  const points = arena.points.map(([x, y]) => [x + right, y + down]);
  return { ...arena, x: arena.x + right, y: arena.y + down, points };
}

/** The arena with one of its handles at another place. */
export function resized(arena, handle, point, size) {
  const place = inside(point, size);
  if (arena.shape === "polygon") {
    const points = arena.points.map((old, index) => (index === handle ? place : old));
    return { ...arena, points, ...boxOf(points) };
  }
  const opposite = handlesOf(arena)[(handle + 2) % 4];
  return { ...arena, ...spanned(opposite, place) };
}

/** A place by which a handle is to be moved. */
export function shifted(arena, handle, [dx, dy]) {
  const [x, y] = handlesOf(arena)[handle];
  return [x + dx, y + dy];
}

/** A new arena in the middle of a picture, of a tool's shape; a polygon has six corners. */
export function inTheMiddle(tool, { width, height }) {
  const box = { x: width / 3, y: height / 3, width: width / 3, height: height / 3 };
  if (tool !== "polygon") return { ...box, shape: tool === "ellipse" ? tool : "rectangle", points: [] };
  const points = [[1, 0], [3, 0], [4, 2], [3, 4], [1, 4], [0, 2]];
  return { shape: tool, points: points.map(([x, y]) => [box.x + (x * box.width) / 4, box.y + (y * box.height) / 4]) };
}

/** The box between two corners, as fields of an arena. */
export function spanned([x1, y1], [x2, y2]) {
  return {
    x: Math.min(x1, x2), y: Math.min(y1, y2),
    width: Math.max(Math.abs(x2 - x1), 1), height: Math.max(Math.abs(y2 - y1), 1),
  };
}

/** The arena grown to the right and down, but not beyond the picture. */
export function grown(arena, dx, dy, size) {
  const width = Math.min(Math.max(arena.width + dx, LEAST_PX), size.width - arena.x);
  const height = Math.min(Math.max(arena.height + dy, LEAST_PX), size.height - arena.y);
  const points = arena.points.map(([x, y]) => [
    arena.x + ((x - arena.x) * width) / arena.width,
    arena.y + ((y - arena.y) * height) / arena.height,
  ]);
  return { ...arena, width, height, points };
}

/** A point moved into the picture. */
export function inside([x, y], size) {
  return [Math.min(Math.max(x, 0), size.width), Math.min(Math.max(y, 0), size.height)];
}

/** Whether a drawn box is large enough to have been meant. */
export function meant(arena) {
  return arena.width >= LEAST_PX && arena.height >= LEAST_PX;
}

/** The lowest number that no arena has yet. */
export function nextName(arenas) {
  let number = 1;
  while (arenas.some((arena) => arena.name === String(number))) number += 1;
  return String(number);
}

/** The arenas numbered left to right, then top to bottom, as the program numbers them. */
export function numbered(arenas) {
  const rows = [];
  const middle = (arena) => arena.y + arena.height / 2;
  for (const arena of [...arenas].sort((a, b) => middle(a) - middle(b))) {
    const row = rows.at(-1);
    if (row && middle(arena) - middle(row[0]) < arena.height / 2) row.push(arena);
    else rows.push([arena]);
  }
  const ordered = rows.flatMap((row) => row.sort((a, b) => a.x - b.x));
  return ordered.map((arena, index) => ({ ...arena, name: String(index + 1) }));
}

/** Trace an arena's outline on a canvas whose unit is px of the frame. */
export function trace(context, arena) {
  context.beginPath();
  if (arena.shape === "ellipse") {
    const [rx, ry] = [arena.width / 2, arena.height / 2];
    context.ellipse(arena.x + rx, arena.y + ry, rx, ry, 0, 0, 2 * Math.PI);
  } else {
    handlesOf(arena).forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
  }
}
