/** The arenas of one video as a table, and the chosen one as numbers that can be typed. */

import { button, labelled, make } from "./dom.js";

const BOX = { x: "Left, px", y: "Top, px", width: "Width, px", height: "Height, px", px_per_cm: "px per cm" };

/**
 * The list.
 * @param {import("./shapes.js").Arena[]} arenas
 * @param {number} chosen
 * @param {{choose: function(number), type: function(string, *)}} wishes what a person asks of it
 * @returns {HTMLElement[]}
 */
export function arenaList(arenas, chosen, wishes) {
  const rows = arenas.map((arena, index) => make("tr", {
    "aria-selected": String(index === chosen), on: { click: () => wishes.choose(index) },
  },
  make("td", {}, button(arena.name, () => wishes.choose(index), { "aria-label": `Choose arena ${arena.name}` })),
  make("td", {}, arena.shape),
  make("td", { className: "number" }, `${Math.round(arena.width)} x ${Math.round(arena.height)}`),
  make("td", { className: "number" }, arena.px_per_cm ? arena.px_per_cm.toFixed(2) : "")));
  const head = ["arena", "shape", "size, px", "px per cm"].map((text) => make("th", { scope: "col" }, text));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
  const title = make("h2", {}, arenas.length === 1 ? "1 arena in this video" : `${arenas.length} arenas in this video`);
  return [title, ...(arenas.length ? [make("div", { className: "scroll" }, table)] : [])];
}

/** The chosen arena's fields. */
export function arenaFields(arena, wishes) {
  const name = make("input", { type: "text", maxLength: 40, value: arena.name, "data-field": "name",
    on: { change: () => wishes.type("name", name.value.trim()) } });
  const boxes = Object.entries(BOX).map(([field, label]) => {
    const entry = make("input", {
      type: "number", step: "any", "data-field": field, value: arena[field] === null ? "" : Number(arena[field].toFixed(1)),
      // A polygon's box follows from its corners.
      disabled: arena.shape === "polygon" && field !== "px_per_cm",
      on: { change: () => wishes.type(field, Number(entry.value)) },
    });
    return labelled(label, entry);
  });
  return make("div", { className: "fields" }, labelled("Name", name), ...boxes);
}
