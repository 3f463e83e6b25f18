/** The screen 'Arenas': draw them, copy them, see them on every video, save them. */

import { fetchFrame, read, save } from "./api.js";
import { arenaFields, arenaList } from "./arena_list.js";
import { Board } from "./board.js";
import { button, labelled, make, meantFor, say } from "./dom.js";
import { Drawing } from "./drawing.js";
import { heading } from "./help.js";
import { boxOf, grown, inTheMiddle, meant, moved, nextName, numbered, resized, shifted } from "./shapes.js";
import { drawSheet } from "./sheet.js";

const TOOLS = { move: "Move", rectangle: "Rectangle", ellipse: "Ellipse", polygon: "Polygon", scale: "Scale" };
const TOOL_KEYS = { v: "move", r: "rectangle", e: "ellipse", p: "polygon", s: "scale" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CORNERS = { ",": -1, ".": 1 };

/** What is saved and what is drawn; it outlives the screen: a look at another one loses nothing. */
let kept = null;
window.addEventListener("beforeunload", (event) => { if (kept?.drawing.unsaved) event.preventDefault(); });

class ArenasScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
    this.index = 0;
    this.scenes = new Map();
  }

  async open() {
    const saved = await read("api/arenas");
    // With the version that it follows: if somebody saved meanwhile, saving says so.
    if (kept?.drawing.unsaved) say("What you drew is still here. It is not saved yet.", true);
    else this.take(saved);
    if (!this.videos.length) {
      this.root.replaceChildren(heading("Arenas", "arenas"),
        make("p", { className: "card" }, "This study has no videos to draw on: its motion was measured elsewhere."));
      return;
    }
    this.build();
    await this.showVideo(0);
    this.listen();
  }

  /** Take over what is saved. */
  take(saved) {
    kept = { saved, drawing: new Drawing(saved.videos, saved.from_run) };
  }

  get saved() { return kept.saved; }
  get drawing() { return kept.drawing; }
  get videos() { return this.saved.names; }
  get video() { return this.videos[this.index].name; }
  get arenas() { return this.drawing.of(this.video); }
  get chosen() { return this.board.chosen; }

  build() {
    this.stage = make("div", { className: "stage" });
    this.sheet = make("div", {});
    this.list = make("div", { className: "card" });
    const names = this.videos.map(({ name }, index) => make("option", { value: index }, name));
    this.picker = make("select", { on: { change: () => this.showVideo(Number(this.picker.value)) } }, ...names);
    this.tools = Object.entries(TOOLS).map(([tool, label]) =>
      button(label, () => this.choose(tool), { "data-tool": tool }));
    this.count = make("input", { type: "number", min: 1, max: 64, value: this.saved.count ?? 4 });
    this.keep = button("Save", () => this.save(), { className: "main" });
    this.root.replaceChildren(
      heading("Arenas", "arenas"),
      make("div", { className: "bar" }, labelled("Video", this.picker), ...this.tools,
        labelled("Cylinders", this.count), button("Find them", () => this.propose()), this.keep),
      make("div", { className: "columns" }, this.stage, make("div", { className: "side" }, this.list, this.buildCopying())),
      this.sheet,
    );
  }

  buildCopying() {
    this.measured = make("div", {});
    this.note = make("p", { className: "note" });
    return make("div", { className: "card" },
      this.measured,
      make("h2", {}, "All videos"),
      make("div", { className: "bar" },
        button("Copy to this camera's videos", () => this.copy()),
        button("Show the sheet", () => this.showSheet())),
      this.note);
  }

  choose(tool) {
    this.board.cancel();
    this.board.tool = tool;
    this.measured.replaceChildren();
    for (const one of this.tools) one.setAttribute("aria-pressed", String(one.dataset.tool === tool));
    if (tool === "scale") say("Click two points whose distance you know.");
  }

  async showVideo(index) {
    this.index = index;
    this.picker.value = index;
    this.scenes.clear();
    try {
      const { width, height, times_s } = await read(`api/videos/${index}`);
      if (index !== this.index) return;
      this.board = this.makeBoard({ width, height });
      this.frame = make("input", { type: "range", className: "slider", min: 0, max: times_s.length - 1, value: 0,
        on: { change: () => this.showFrame(index) } });
      this.stage.replaceChildren(this.board.canvas, make("div", { className: "bar" }, labelled("Frame", this.frame)));
      this.choose(this.arenas.length ? "move" : "rectangle");
      this.refresh();
      await this.showFrame(index);
    } catch (error) {
      // The other videos can be drawn on all the same.
      this.board = this.makeBoard({ width: 640, height: 480 });
      this.stage.replaceChildren(make("p", { className: "card fault" }, error.message));
      this.refresh();
    }
  }

  makeBoard(size) {
    return new Board(size, {
      choose: (chosen) => this.select(chosen),
      change: (at, arena) => this.change(at, arena),
      done: () => this.list.isConnected && this.refresh(),
      add: (arena) => this.add(arena),
      measured: (length) => this.askScale(length),
    });
  }

  async showFrame(index) {
    const { image } = await fetchFrame(`api/videos/${index}/frames/${this.frame.value}`);
    if (index !== this.index) return;
    this.board.image = image;
    this.board.draw();
  }

  /** Draw on this video as one step. */
  draw(make_arenas, chosen = -1) {
    this.drawing.change([this.video], make_arenas);
    this.board.chosen = chosen;
    this.refresh();
  }

  /** Change one arena; what comes of one dragging hand is one step. */
  change(at, arena) {
    if (this.dragged !== at) this.drawing.remember([this.video]);
    this.dragged = at;
    this.drawing.put(this.video, this.arenas.map((one, index) => (index === at ? arena : one)));
    this.board.arenas = this.arenas;
  }

  select(chosen) {
    this.dragged = null;
    this.board.chosen = chosen;
    this.board.corner = -1;
    this.refresh();
  }

  add(arena) {
    const box = arena.shape === "polygon" ? boxOf(arena.points) : {};
    const whole = { name: nextName(this.arenas), px_per_cm: this.arenas[0]?.px_per_cm ?? null, ...arena, ...box };
    this.draw((arenas) => [...arenas, whole], this.arenas.length);
  }

  remove() {
    if (this.chosen >= 0) this.draw((arenas) => arenas.filter((_, index) => index !== this.chosen));
  }

  undo() {
    const videos = this.drawing.undo();
    if (!videos.length) return;
    this.dragged = null;
    if (videos.includes(this.video)) this.board.chosen = -1;
    if (videos.length > 1 || videos[0] !== this.video) say(`Taken back in ${videos.join(", ")}.`);
    this.refresh();
    this.renewSheet();
  }

  async propose() {
    try {
      const query = new URLSearchParams({ video: this.video, count: this.count.value });
      const { arenas } = await read(`api/arenas/proposal?${query}`);
      this.draw(() => arenas);
      this.choose("move");
      say("These were found. Look at each of them, correct it where needed, then save.");
    } catch (error) {
      say(error.message, true);
    }
  }

  askScale(length_px) {
    const entry = make("input", { type: "number", min: 0.1, step: 0.1, value: 20, id: "length_cm" });
    const set = () => {
      const length_cm = Number(entry.value);
      if (!(length_cm > 0)) return;
      this.draw((arenas) => arenas.map((arena) => ({ ...arena, px_per_cm: length_px / length_cm })));
      this.choose("move");
      say(`${(length_px / length_cm).toFixed(2)} px per cm.`);
    };
    this.measured.replaceChildren(make("span", { className: "bar" },
      labelled(`${length_px.toFixed(1)} px are`, entry), "cm", button("Set the scale", set)));
    entry.focus();
  }

  /** Compare the other videos of the folder with this one: which are of the same camera? */
  async compareScenes() {
    const { camera } = this.videos[this.index];
    const others = this.videos.filter((one) => one.camera === camera && one.name !== this.video);
    const { video } = this;
    for (const [index, { name }] of others.entries()) {
      say(`Looking at the other videos: ${index + 1} of ${others.length} ...`);
      const query = new URLSearchParams({ video, other: name });
      const compared = await read(`api/arenas/scene?${query}`).catch(() => ({ scene: "other" }));
      if (video !== this.video) return;
      this.scenes.set(name, compared);
    }
    say("");
  }

  async copy() {
    const { arenas, video } = this;
    await this.compareScenes();
    if (video !== this.video) return;
    const mates = [...this.scenes].filter(([, { scene }]) => scene === "same" || scene === "moved").map(([name]) => name);
    if (mates.length) this.drawing.change(mates, () => arenas);
    this.refresh();
    this.showSheet();
    const left = this.scenes.size - mates.length;
    say(`Copied to ${mates.length} other ${mates.length === 1 ? "video" : "videos"}. ${left ? `${left} of another scene ${left === 1 ? "was" : "were"} left out. ` : ""}Look at the sheet before you save.`);
  }

  showSheet() {
    this.sheet_shown = true;
    return drawSheet(this.sheet, this.videos, this.drawing, {
      current: this.video,
      scenes: this.scenes,
      choose: (index) => {
        this.showVideo(index);
        window.scrollTo({ top: 0 });
      },
      copy: (name) => this.inSheet(() => this.drawing.change([name], () => this.arenas)),
      restore: (name) => this.inSheet(() => this.drawing.restore(name)),
    });
  }

  /** Do something to another video, and show it on the sheet. */
  inSheet(act) {
    act();
    this.refresh();
    this.renewSheet();
  }

  renewSheet() {
    if (this.sheet_shown) this.showSheet();
  }

  async save() {
    if (this.study.read_only || !(this.drawing.unsaved || this.unused)) return;
    try {
      this.take(await save("api/arenas", { version: this.saved.version, videos: this.drawing.toSave }));
      this.refresh();
      this.renewSheet();
      this.tellSaved();
    } catch (error) {
      say(error.message, true);
    }
  }

  /** Whether all videos have arenas that the study file does not name. */
  get unused() {
    const { count, there, undrawn } = this.saved;
    return there && count !== null && !undrawn.length;
  }

  tellSaved() {
    const { file, count, undrawn, refused } = this.saved;
    if (refused) say(`Saved in ${file}, which the study does not use yet: ${refused}`, true);
    else if (count === null) say(`Saved in ${file}. From now on runs use what is drawn.`);
    else say(`Saved in ${file}. Runs use it once every video has arenas: ${undrawn[0]}${undrawn.length > 1 ? ` and ${undrawn.length - 1} more have` : " has"} none yet.`);
  }

  refresh() {
    this.board.arenas = this.arenas;
    this.board.chosen = Math.min(this.chosen, this.arenas.length - 1);
    this.board.draw();
    const { unsaved } = this.drawing;
    this.keep.disabled = this.study.read_only || !(unsaved || this.unused);
    this.keep.textContent = unsaved ? "Save *" : this.unused ? "Use what is drawn" : "Save";
    this.note.replaceChildren(...this.tellUse());
    this.showList();
  }

  /** What has to be done for the arenas to be used. */
  tellUse() {
    const { file, count, run } = this.saved;
    if (this.saved.from_run.includes(this.video)) return ["These were found by the last run. What you change is saved with them."];
    if (count === null) return [`To score with what is saved here:  ${run}`];
    return [`Until every video has arenas in ${file}, each run finds ${count} in every video by itself.`];
  }

  showList() {
    const arena = this.arenas[this.chosen];
    const wishes = { choose: (index) => this.select(index), type: (field, value) => this.typed(field, value) };
    this.list.replaceChildren(
      ...arenaList(this.arenas, this.chosen, wishes),
      make("div", { className: "bar" },
        button("New", () => this.addInTheMiddle()),
        button("Delete", () => this.remove(), { disabled: !arena }),
        button("Number them", () => this.draw(numbered), { disabled: !this.arenas.length }),
        button("Undo", () => this.undo(), { disabled: !this.drawing.past.length })),
      arena ? arenaFields(arena, wishes) : "");
  }

  addInTheMiddle() {
    this.add(inTheMiddle(this.board.tool, this.board.size));
  }

  typed(name, value) {
    const wanted = { ...this.arenas[this.chosen], [name]: name === "px_per_cm" ? value || null : value };
    this.dragged = null;
    if (wanted.name && meant(wanted)) this.change(this.chosen, wanted);
    this.dragged = null;
    this.refresh();
  }

  listen() {
    this.keys = (event) => {
      if (meantFor(event) || this.act(event) === false) return;
      event.preventDefault();
    };
    document.addEventListener("keydown", this.keys);
  }

  /** Do what a key asks for; false where it asks for nothing. */
  act(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key === "s") this.save();
      else if (key === "z") this.undo();
      else return false;
    } else if (key in ARROWS && this.chosen >= 0) this.nudge(event, ...ARROWS[key]);
    else if (key in CORNERS && this.chosen >= 0) this.board.nextCorner(CORNERS[key]);
    else if (key in TOOL_KEYS) this.choose(TOOL_KEYS[key]);
    else if (key === "n") this.addInTheMiddle();
    else if (key === "Delete") this.remove();
    else if (key === "Enter" && this.board.corners.length) this.board.closePolygon();
    else if (key === "Escape") this.board.cancel();
    else return false;
    return true;
  }

  /** Move the chosen arena, or its chosen corner. */
  nudge(event, across, down) {
    const step = event.shiftKey ? 10 : 1;
    const by = [across * step, down * step];
    const { size, corner } = this.board;
    const arena = this.arenas[this.chosen];
    this.dragged = null;
    if (corner >= 0) this.change(this.chosen, resized(arena, corner, shifted(arena, corner, by), size));
    else this.change(this.chosen, (event.altKey ? grown : moved)(arena, ...by, size));
    this.refresh();
  }

  close() {
    document.removeEventListener("keydown", this.keys);
  }
}

/** Open the screen; returns how to put it away. */
export async function open(root, study) {
  const screen = new ArenasScreen(root, study);
  await screen.open();
  return () => screen.close();
}
