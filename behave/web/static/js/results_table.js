/** All animals as a table that is sorted by a click on a column. */

import { make } from "./dom.js";

const COLUMNS = {
  trial_id: "animal", group: "group", immobility_s: "immobile, s", latency_s: "latency, s", n_bouts: "bouts",
  unscored_s: "not scored, s", status: "status", flag_text: "flags",
};
const NUMBERS = new Set(["immobility_s", "latency_s", "n_bouts", "unscored_s"]);
/** 1, 2, 10: as a person counts. */
const naturally = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

/**
 * @param {object[]} trials
 * @returns {HTMLElement} a table with the trials in the order given, until a column is clicked
 */
export function resultsTable(trials) {
  const shown = Object.keys(COLUMNS).filter((name) => trials.some((one) => one[name] !== undefined && one[name] !== ""));
  const body = make("tbody", {});
  const heads = new Map();
  let [by, down] = [null, false];
  const fill = (sorted) => body.replaceChildren(...sorted.map((trial) => make("tr", {}, ...shown.map((name) => cell(trial, name)))));
  const sort = (name) => {
    down = by === name ? !down : false;
    by = name;
    const sorted = [...trials].sort((a, b) => compare(a[name], b[name]) * (down ? -1 : 1));
    for (const [other, head] of heads) head.setAttribute("aria-sort", other === name ? (down ? "descending" : "ascending") : "none");
    fill(sorted);
  };
  for (const name of shown) {
    heads.set(name, make("th", { scope: "col", className: NUMBERS.has(name) ? "number" : "" },
      make("button", { type: "button", on: { click: () => sort(name) } }, COLUMNS[name])));
  }
  fill(trials);
  return make("table", { id: "table" }, make("thead", {}, make("tr", {}, ...heads.values())), body);
}

/** What was not measured comes last, however it is sorted. */
function compare(a, b) {
  const [no_a, no_b] = [a ?? null, b ?? null].map((value) => value === null);
  if (no_a || no_b) return Number(no_a) - Number(no_b);
  return typeof a === "number" ? a - b : naturally(String(a), String(b));
}

function cell(trial, name) {
  const value = trial[name];
  if (name === "trial_id" && trial.status === "done") {
    return make("td", {}, make("a", { href: `#/review/${encodeURIComponent(value)}` }, value));
  }
  if (!NUMBERS.has(name)) return make("td", {}, value ?? "");
  const digits = name === "n_bouts" ? 0 : 1;
  return make("td", { className: "number" }, value === null || value === undefined ? "" : value.toFixed(digits));
}
