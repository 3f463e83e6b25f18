/**
 * What was keyed: [time_s, state], the state from that time on. Pure.
 * @typedef {[number, string][]} Presses
 */

export const FIRST = "mobile";

/** The state at a time. */
export function stateAt(presses, time_s) {
  return presses.findLast(([at]) => at <= time_s + 1e-6)?.[1] ?? FIRST;
}

/**
 * Press a key at a time. What was keyed later is scored anew, and so goes.
 * @returns {Presses}
 */
export function press(presses, time_s, state) {
  const before = presses.filter(([at]) => at < time_s - 1e-6);
  return stateAt(before, time_s) === state ? before : [...before, [time_s, state]];
}

/** The stretches of one state, end to end. */
export function stretches(presses, start_s, stop_s) {
  const edges = [[start_s, FIRST], ...presses, [stop_s, ""]];
  return edges.slice(0, -1).map(([from, state], index) => ({ state, start_s: from, stop_s: edges[index + 1][0] }));
}
