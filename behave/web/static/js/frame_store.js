/** Frames fetched, kept and fetched ahead. */

import { fetchFrame } from "./api.js";

const KEPT = 240;
const AT_ONCE = 4; // a browser opens six connections to one server

/**
 * The frames of one video.
 * `at(number)` gives a frame that is here; `want(numbers)` has them fetched in that order, and
 * gives up those that are no longer wanted.
 */
export class FrameStore {
  /**
   * @param {string} address of the frames, without the number
   * @param {string} picture which part of the frame is shown
   */
  constructor(address, picture) {
    this.address = (number) => `${address}${number}?picture=${picture}`;
    this.kept = new Map();
    this.coming = new Map();
    this.queue = [];
    this.arrived = () => {};
    this.failed = () => {};
  }

  at(number) {
    return this.kept.get(number);
  }

  /** Fetch these, the first one first. */
  want(numbers) {
    const wanted = new Set(numbers);
    for (const [number, control] of this.coming) {
      if (!wanted.has(number)) control.abort();
    }
    this.queue = numbers.filter((number) => !this.kept.has(number) && !this.coming.has(number));
    this.pump();
  }

  pump() {
    while (this.queue.length && this.coming.size < AT_ONCE) this.fetch(this.queue.shift());
  }

  async fetch(number) {
    const control = new AbortController();
    this.coming.set(number, control);
    try {
      const frame = await fetchFrame(this.address(number), control.signal);
      this.keep(number, frame);
      this.arrived(frame, number);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    } finally {
      this.coming.delete(number);
      this.pump();
    }
  }

  keep(number, frame) {
    this.kept.set(number, frame);
    if (this.kept.size <= KEPT) return;
    const [oldest, old] = this.kept.entries().next().value;
    this.kept.delete(oldest);
    if (old !== this.shown) old.image.close();
  }

  /** Fetch the frame nearest to a number that can be had at once; for dragging. */
  near(number, within_ms, width_px) {
    return fetchFrame(`${this.address(number)}&within_ms=${within_ms}&width=${width_px}`);
  }

  close() {
    this.want([]);
    this.arrived = () => {};
    this.failed = () => {};
    for (const { image } of this.kept.values()) image.close();
    this.kept.clear();
  }
}
