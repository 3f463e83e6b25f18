/**
 * Stretches of a state, and a new one laid over them. Pure.
 * @typedef {{state: string, start_s: number, stop_s: number}} Stretch
 */

/**
 * Lay a stretch over others; what it covers of them goes.
 * @param {Stretch[]} stretches in order of time, none over another
 * @param {Stretch} laid
 * @returns {Stretch[]}
 */
export function lay(stretches, laid) {
  const rest = stretches.flatMap((one) => [
    { ...one, stop_s: Math.min(one.stop_s, laid.start_s) },
    { ...one, start_s: Math.max(one.start_s, laid.stop_s) },
  ].filter(({ start_s, stop_s }) => stop_s > start_s));
  return [...rest, laid].sort((a, b) => a.start_s - b.start_s);
}

/** The state at a time; "" where no stretch is. */
export function stateAt(stretches, time_s) {
  return stretches.find(({ start_s, stop_s }) => start_s <= time_s + 1e-6 && time_s + 1e-6 < stop_s)?.state ?? "";
}
