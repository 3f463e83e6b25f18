/** What was drawn on each video, what of it is saved, and the way back. */

const WAY_BACK = 200;

/** @typedef {import("./shapes.js").Arena} Arena */

export class Drawing {
  /**
   * @param {Object<string, Arena[]>} saved arenas by video
   * @param {string[]} proposed videos whose arenas nobody drew: the last run found them
   */
  constructor(saved, proposed) {
    this.saved = new Map(Object.entries(saved));
    this.now = new Map(this.saved);
    this.proposed = new Set(proposed);
    this.past = [];
  }

  of(video) {
    return this.now.get(video) ?? [];
  }

  /** Whether a video's arenas are others than the saved ones. */
  changed(video) {
    return this.of(video) !== (this.saved.get(video) ?? this.of(video));
  }

  get unsaved() {
    return [...this.now.keys()].some((video) => this.changed(video));
  }

  /** What is to be saved: what was changed, and with it what was found and left as it is. */
  get toSave() {
    const names = [...this.now.keys()].filter((video) => this.changed(video) || this.proposed.has(video));
    return Object.fromEntries(names.map((video) => [video, this.of(video)]));
  }

  /** Remember how some videos are, as one step of the way back. */
  remember(videos) {
    this.past.push(videos.map((video) => [video, this.of(video)]));
    if (this.past.length > WAY_BACK) this.past.shift();
  }

  put(video, arenas) {
    this.now.set(video, arenas);
  }

  /** Draw on some videos as one step. */
  change(videos, make) {
    this.remember(videos);
    for (const video of videos) this.put(video, make(this.of(video)));
  }

  /** Have a video as it is saved. */
  restore(video) {
    this.change([video], () => this.saved.get(video) ?? []);
  }

  /** Take the last step back; returns the videos that it changed. */
  undo() {
    const last = this.past.pop() ?? [];
    for (const [video, arenas] of last) this.put(video, arenas);
    return last.map(([video]) => video);
  }
}
