/**
 * Plays a video frame by frame, from our own decoder.
 *
 * Time is kept by the clock: where frames do not come fast enough some are left out, never
 * shown late. `shown` is the frame that is on the screen, and the only one that a key may be
 * stamped with.
 */

import { make } from "./dom.js";
import { FrameStore } from "./frame_store.js";

export const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 3, 4];
const AHEAD = 12;
const MOST_PER_S = 40; // frames shown per second; at higher speeds some are left out on purpose
// While a hand drags: time to be spent on decoding, and the width of the picture.
const DRAG_MS = 15;
const DRAG_WIDTH_PX = 480;

export class Player {
  /**
   * @param {{width: number, height: number, times_s: number[], address: string, picture: string,
   *   start_s?: number, stop_s?: number}} video
   * @param {function({number: number, time_s: number}): void} onShow called for each frame shown
   */
  constructor(video, onShow) {
    this.video = video;
    this.times = video.times_s;
    this.first = this.numberAt(video.start_s ?? 0);
    this.last = video.stop_s === undefined ? this.times.length - 1 : this.numberAt(video.stop_s - 1e-6);
    this.onShow = onShow;
    this.onEnd = () => {};
    this.onPlay = () => {};
    this.onSpeed = () => {};
    this.paint = () => {};
    this.store = new FrameStore(video.address, video.picture);
    this.store.arrived = (frame, asked) => this.arrive(frame, asked);
    this.store.failed = (error) => this.onFault(error);
    this.onFault = () => {};
    this.shown = null;
    this.playing = false;
    this.speed = 1;
    this.target = this.first;
    this.canvas = make("canvas", { width: video.width, height: video.height, className: "film", "aria-label": "Video" });
  }

  /** The number of the frame that is on the screen at a time. */
  numberAt(time_s) {
    let [low, high] = [0, this.times.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= time_s + 1e-6) low = middle;
      else high = middle;
    }
    return low;
  }

  clamp(number) {
    return Math.min(Math.max(number, this.first), this.last);
  }

  /** Show a frame as soon as it is here. */
  seek(number) {
    this.target = this.clamp(number);
    if (this.playing) this.setClock(this.target);
    const here = this.store.at(this.target);
    if (here) this.show(here);
    this.store.want([this.target, ...this.around(this.target)]);
  }

  seekTime(time_s) {
    this.seek(this.numberAt(time_s));
  }

  around(number) {
    return [number + 1, number - 1, number + 2, number - 2, number + 3].filter((n) => n === this.clamp(n));
  }

  /** Follow a dragging hand: show what can be had at once, the very frame when it rests. */
  async drag(time_s) {
    this.pause();
    clearTimeout(this.rest);
    this.target = this.clamp(this.numberAt(time_s));
    const here = this.store.at(this.target);
    if (here) this.show(here);
    if (here || this.dragging) return;
    this.dragging = true;
    try {
      let asked = null;
      while (asked !== this.target) {
        asked = this.target;
        const frame = await this.store.near(asked, DRAG_MS, DRAG_WIDTH_PX);
        if (this.target !== this.shown?.number) this.show(frame);
      }
    } catch (error) {
      this.onFault(error);
    } finally {
      this.dragging = false;
    }
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.seek(this.target), 60);
  }

  step(count) {
    this.pause();
    this.seek(this.target + count);
  }

  /** A frame that was asked for came; where that one is broken it is the one before. */
  arrive(frame, asked) {
    if (!this.playing && asked === this.target) this.show(frame);
  }

  show(frame) {
    if (this.shown === frame) return;
    this.shown = frame;
    this.store.shown = frame;
    const context = this.canvas.getContext("2d");
    context.drawImage(frame.image, 0, 0, this.canvas.width, this.canvas.height);
    this.paint(context);
    this.onShow(frame);
  }

  /** Draw the frame on the screen once more, with what is laid over it. */
  redraw() {
    const { shown } = this;
    if (!shown) return;
    const context = this.canvas.getContext("2d");
    context.drawImage(shown.image, 0, 0, this.canvas.width, this.canvas.height);
    this.paint(context);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.playing) return;
    if (this.target >= this.last) this.seek(this.first);
    this.playing = true;
    this.setClock(this.target);
    this.onPlay(true);
    this.tick();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.next);
    if (this.shown) this.target = this.shown.number;
    this.onPlay(false);
  }

  setSpeed(speed) {
    this.speed = speed;
    this.onSpeed(speed);
    if (this.playing) this.setClock(this.shown?.number ?? this.target);
  }

  faster(by) {
    const at = SPEEDS.indexOf(this.speed) + by;
    this.setSpeed(SPEEDS[Math.min(Math.max(at, 0), SPEEDS.length - 1)]);
  }

  setClock(number) {
    this.from_s = this.times[number];
    this.since = performance.now();
  }

  /** The video time that it is now. */
  nowS() {
    return this.from_s + ((performance.now() - this.since) / 1000) * this.speed;
  }

  tick() {
    const due = this.clamp(this.numberAt(this.nowS()));
    this.target = due;
    const frame = this.latestUpTo(due);
    if (frame && frame.number >= (this.shown?.number ?? -1)) this.show(frame);
    this.store.want(this.ahead(due));
    if (due >= this.last && this.shown?.number >= this.last) {
      this.pause();
      this.onEnd();
      return;
    }
    this.next = requestAnimationFrame(() => this.tick());
  }

  /** How many frames lie between those that are shown at this speed. */
  get stride() {
    const span = this.times[this.last] - this.times[this.first];
    const rate = span > 0 ? (this.last - this.first) / span : 25;
    return Math.max(Math.ceil((rate * this.speed) / MOST_PER_S), 1);
  }

  /** The frames that are due next, on a grid so that those passed over are never fetched. */
  ahead(due) {
    const { stride } = this;
    const start = due - (due % stride);
    const wanted = [];
    for (let step = 0; step < AHEAD; step += 1) wanted.push(Math.min(start + step * stride, this.last));
    return [...new Set(wanted)].filter((number) => number >= this.first);
  }

  latestUpTo(due) {
    for (let number = due; number > due - 2 * this.stride - 2 && number >= this.first; number -= 1) {
      const frame = this.store.at(number);
      if (frame) return frame;
    }
    return null;
  }

  close() {
    this.pause();
    clearTimeout(this.rest);
    this.store.close();
  }
}
