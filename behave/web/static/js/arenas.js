/** The screen 'Arenas': draw them, copy them, see them on every video, save them. */

import { fetchFrame, read, save } from "./api.js";
import { Board } from "./board.js";
import { button, labelled, make, say, typing } from "./dom.js";
import { help } from "./help.js";
import { boxOf, grown, meant, moved, nextName, numbered } from "./shapes.js";
import { drawSheet } from "./sheet.js";

const TOOLS = { move: "Move", rectangle: "Rectangle", ellipse: "Ellipse", polygon: "Polygon", scale: "Scale" };
const TOOL_KEYS = { v: "move", r: "rectangle", e: "ellipse", p: "polygon", s: "scale" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class ArenasScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
    this.past = [];
    this.changed = new Set();
    this.index = 0;
  }

  async open() {
    this.take(await read("/api/arenas"));
    this.build();
    await this.showVideo(0);
    this.listen();
  }

  /** Take over what is saved. */
  take(saved) {
    this.saved = saved;
    this.drawn = new Map(Object.entries(saved.videos));
    this.changed.clear();
    this.past = [];
  }

  get video() { return this.study.videos[this.index].name; }
  get arenas() { return this.drawn.get(this.video) ?? []; }
  get chosen() { return this.board.chosen; }

  build() {
    this.stage = make("div", { className: "stage" });
    this.sheet = make("div", {});
    this.list = make("div", { className: "card" });
    const names = this.study.videos.map(({ name }, index) => make("option", { value: index }, name));
    this.picker = make("select", { on: { change: () => this.showVideo(Number(this.picker.value)) } }, ...names);
    this.tools = Object.entries(TOOLS).map(([tool, label]) =>
      button(label, () => this.choose(tool), { "data-tool": tool }));
    this.root.replaceChildren(
      make("h1", {}, "Arenas"),
      help("arenas"),
      make("div", { className: "bar" }, labelled("Video", this.picker), ...this.tools, this.buildCount(), this.buildSaving()),
      make("div", { className: "columns" }, this.stage, make("div", { className: "side" }, this.list, this.buildCopying())),
      this.sheet,
    );
  }

  buildCount() {
    this.count = make("input", { type: "number", min: 1, max: 64, value: this.saved.count ?? 4, "aria-label": "Cylinders in this video" });
    return make("span", { className: "bar" }, this.count, button("Find them", () => this.propose()));
  }

  buildSaving() {
    this.keep = button("Save", () => this.save(), { className: "main", disabled: true });
    return this.keep;
  }

  buildCopying() {
    this.note = make("p", { className: "note" });
    return make("div", { className: "card" },
      make("h2", {}, "All videos"),
      make("div", { className: "bar" },
        button("Copy to this camera's videos", () => this.copy()),
        button("Show the sheet", () => this.showSheet())),
      this.note);
  }

  choose(tool) {
    this.board.cancel();
    this.board.tool = tool;
    for (const one of this.tools) one.setAttribute("aria-pressed", String(one.dataset.tool === tool));
    if (tool === "scale") say("Click two points whose distance you know.");
  }

  async showVideo(index) {
    this.index = index;
    this.picker.value = index;
    const described = await read(`/api/videos/${index}`);
    this.board = new Board({ width: described.width, height: described.height }, {
      choose: (chosen) => this.select(chosen),
      change: (at, arena) => this.change(at, arena),
      done: () => this.list.isConnected && this.showList(),
      add: (arena) => this.add(arena),
      measured: (length) => this.setScale(length),
    });
    this.stage.replaceChildren(this.board.canvas);
    this.choose(this.arenas.length ? "move" : "rectangle");
    this.refresh();
    const frame = await fetchFrame(`/api/videos/${index}/frames/0`);
    this.board.image = frame.image;
    this.board.draw();
  }

  /** Remember how things are, so that they can be undone. */
  remember() {
    this.past.push([this.video, this.arenas]);
    if (this.past.length > 200) this.past.shift();
  }

  put(arenas, video = this.video) {
    this.drawn.set(video, arenas);
    this.changed.add(video);
  }

  change(at, arena) {
    if (this.dragged !== at) this.remember();
    this.dragged = at;
    this.put(this.arenas.map((one, index) => (index === at ? arena : one)));
    this.board.arenas = this.arenas;
    this.keep.disabled = this.study.read_only;
  }

  select(chosen) {
    this.dragged = null;
    this.board.chosen = chosen;
    this.refresh();
  }

  add(arena) {
    this.remember();
    const [like] = this.arenas;
    const box = arena.shape === "polygon" ? boxOf(arena.points) : {};
    const whole = { name: nextName(this.arenas), px_per_cm: like?.px_per_cm ?? null, ...arena, ...box };
    this.put([...this.arenas, whole]);
    this.board.chosen = this.arenas.length - 1;
    this.refresh();
  }

  addInTheMiddle() {
    const { width, height } = this.board.size;
    const tool = this.board.tool === "ellipse" ? "ellipse" : "rectangle";
    this.add({ x: width / 3, y: height / 3, width: width / 3, height: height / 3, shape: tool, points: [] });
  }

  remove() {
    if (this.chosen < 0) return;
    this.remember();
    this.put(this.arenas.filter((_, index) => index !== this.chosen));
    this.board.chosen = -1;
    this.refresh();
  }

  undo() {
    const last = this.past.pop();
    if (!last) return;
    const [video, arenas] = last;
    this.put(arenas, video);
    if (video === this.video) this.board.chosen = -1;
    this.dragged = null;
    this.refresh();
  }

  async propose() {
    try {
      const query = new URLSearchParams({ video: this.video, count: this.count.value });
      const { arenas } = await read(`/api/arenas/proposal?${query}`);
      this.remember();
      this.put(arenas);
      this.board.chosen = -1;
      this.choose("move");
      this.refresh();
      say("These were found. Look at each of them, correct it where needed, then save.");
    } catch (error) {
      say(error.message, true);
    }
  }

  setScale(length_px) {
    const entry = make("input", { type: "number", min: 0.1, step: 0.1, value: 20, id: "length_cm" });
    const set = () => {
      const length_cm = Number(entry.value);
      if (!(length_cm > 0)) return;
      this.remember();
      this.put(this.arenas.map((arena) => ({ ...arena, px_per_cm: length_px / length_cm })));
      this.choose("move");
      this.refresh();
      say(`${(length_px / length_cm).toFixed(2)} px per cm.`);
    };
    this.note.replaceChildren(make("span", { className: "bar" },
      labelled(`${length_px.toFixed(1)} px are`, entry), "cm", button("Set the scale", set)));
    entry.focus();
  }

  /** The videos of the same camera: those in the same folder. */
  mates() {
    const { camera } = this.study.videos[this.index];
    return this.study.videos.filter((one) => one.camera === camera && one.name !== this.video);
  }

  copy() {
    const mates = this.mates();
    for (const { name } of mates) {
      this.past.push([name, this.drawn.get(name) ?? []]);
      this.put(this.arenas, name);
    }
    this.refresh();
    this.showSheet();
    say(`Copied to ${mates.length} other videos. Look at the sheet before you save.`);
  }

  showSheet() {
    return drawSheet(this.sheet, this.study.videos, this.drawn, (index) => {
      this.showVideo(index);
      window.scrollTo({ top: 0 });
    });
  }

  async save() {
    if (this.study.read_only || !this.changed.size) return;
    const videos = Object.fromEntries([...this.changed].map((name) => [name, this.drawn.get(name)]));
    try {
      this.take(await save("/api/arenas", { version: this.saved.version, videos }));
      this.refresh();
      say(`Saved in ${this.saved.file}.`);
    } catch (error) {
      say(error.message, true);
    }
  }

  refresh() {
    this.board.arenas = this.arenas;
    this.board.chosen = Math.min(this.chosen, this.arenas.length - 1);
    this.board.draw();
    this.keep.disabled = this.study.read_only || !this.changed.size;
    this.keep.textContent = this.changed.size ? "Save *" : "Save";
    this.note.textContent = this.saved.unused
      ? `Your study file lets arenas be found (arenas: {count: ${this.saved.count}}). To use what you draw, write  arenas: {file: ${this.saved.file}}  there.`
      : "";
    this.showList();
  }

  showList() {
    const rows = this.arenas.map((arena, index) => make("tr", {
      "aria-selected": String(index === this.chosen), on: { click: () => this.select(index) },
    },
    make("td", {}, button(arena.name, () => this.select(index), { "aria-label": `Choose arena ${arena.name}` })),
    make("td", {}, arena.shape),
    make("td", { className: "number" }, `${Math.round(arena.width)} x ${Math.round(arena.height)}`),
    make("td", { className: "number" }, arena.px_per_cm ? arena.px_per_cm.toFixed(2) : "")));
    const head = ["arena", "shape", "size, px", "px per cm"].map((text) => make("th", { scope: "col" }, text));
    this.list.replaceChildren(
      make("h2", {}, `${this.arenas.length} arenas in this video`),
      make("div", { className: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))),
      make("div", { className: "bar" },
        button("New", () => this.addInTheMiddle()),
        button("Delete", () => this.remove(), { disabled: this.chosen < 0 }),
        button("Number them", () => this.number()),
        button("Undo", () => this.undo(), { disabled: !this.past.length })),
      this.chosen < 0 ? "" : this.fields());
  }

  number() {
    this.remember();
    this.put(numbered(this.arenas));
    this.board.chosen = -1;
    this.refresh();
  }

  /** The chosen arena as numbers that can be typed. */
  fields() {
    const arena = this.arenas[this.chosen];
    const field = (label, name, type = "number") => {
      const value = type === "number" ? arena[name] && Number(arena[name].toFixed(1)) : arena[name];
      const locked = arena.shape === "polygon" && !["name", "px_per_cm"].includes(name);
      const entry = make("input", { type, value: value ?? "", step: "any", disabled: locked, "data-field": name, on: {
        change: () => this.typed(name, type === "number" ? Number(entry.value) : entry.value.trim()),
      } });
      return labelled(label, entry);
    };
    return make("div", { className: "fields" }, field("Name", "name", "text"), field("Left, px", "x"), field("Top, px", "y"),
      field("Width, px", "width"), field("Height, px", "height"), field("px per cm", "px_per_cm"));
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
      if (typing(event) || this.act(event) === false) return;
      event.preventDefault();
    };
    this.leave = (event) => { if (this.changed.size) event.preventDefault(); };
    document.addEventListener("keydown", this.keys);
    window.addEventListener("beforeunload", this.leave);
  }

  /** Do what a key asks for; false where it asks for nothing. */
  act(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key === "s") this.save();
      else if (key === "z") this.undo();
      else return false;
    } else if (key in ARROWS && this.chosen >= 0) this.nudge(event, ...ARROWS[key]);
    else if (key in TOOL_KEYS) this.choose(TOOL_KEYS[key]);
    else if (key === "n") this.addInTheMiddle();
    else if (key === "Delete") this.remove();
    else if (key === "Enter" && this.board.corners.length) this.board.closePolygon();
    else if (key === "Escape") this.board.cancel();
    else return false;
    return true;
  }

  nudge(event, across, down) {
    const step = event.shiftKey ? 10 : 1;
    const how = event.altKey ? grown : moved;
    const arena = this.arenas[this.chosen];
    this.dragged = null;
    this.change(this.chosen, how(arena, across * step, down * step, this.board.size));
    this.refresh();
  }

  close() {
    document.removeEventListener("keydown", this.keys);
    window.removeEventListener("beforeunload", this.leave);
  }
}

/** Open the screen; returns how to put it away. */
export async function open(root, study) {
  const screen = new ArenasScreen(root, study);
  await screen.open();
  return () => screen.close();
}
