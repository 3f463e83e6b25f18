/** The first screen: choose a folder, look at its videos, make it a study. */

import { read, save } from "./api.js";
import { button, clock, labelled, make, say } from "./dom.js";

const LOOKED_AT = 24; // videos that are looked at before anybody scrolls to them
const AT_ONCE = 3;
const SVG = "http://www.w3.org/2000/svg";
const TESTS = { fst: "Forced swim", tst: "Tail suspension" };
/** Length of the test and the part that is scored, s: the field's most frequent. */
const USUAL = { "fst/mouse": [360, 120, 360], "fst/rat": [300, 0, 300], "tst/mouse": [360, 0, 360], "tst/rat": [360, 0, 360] };

class HomeScreen {
  constructor(root) {
    this.root = root;
    this.looks = new Map();
  }

  async open() {
    this.places = make("div", { className: "card" });
    this.folder = make("div", {});
    this.root.replaceChildren(
      make("div", { className: "head" }, make("h1", {}, "Choose the folder with your videos")),
      make("div", { className: "home" }, this.places, this.folder));
    await this.go(localStorage.getItem("folder"));
  }

  /** Show a folder; one that is gone leads to the first that is allowed. */
  async go(path) {
    const visit = (this.visit ?? 0) + 1;
    this.visit = visit;
    const address = path ? `api/folder?${new URLSearchParams({ path })}` : "api/folder";
    let listing;
    try {
      listing = await read(address);
    } catch (error) {
      if (!path) throw error;
      say(error.message, true);
      localStorage.removeItem("folder");
      await this.go(null);
      return;
    }
    if (visit !== this.visit) return;
    localStorage.setItem("folder", listing.path);
    this.listing = listing;
    this.showPlaces();
    this.showFolder();
  }

  showPlaces() {
    const { trail, folders, roots } = this.listing;
    const step = ({ name, path }) => make("li", {}, button(name, () => this.go(path), { className: "plain" }));
    const others = roots.filter((root) => root !== trail[0]?.path);
    this.places.replaceChildren(
      make("ul", { className: "trail", "aria-label": "Where you are" }, ...trail.map(step)),
      make("ul", { className: "listing", "aria-label": "Folders" },
        ...folders.map(({ name, path }) => make("li", {}, button(`${name} /`, () => this.go(path))))),
      folders.length ? "" : make("p", { className: "note" }, "No folders in here."),
      others.length ? make("p", { className: "note" }, "Also allowed: ", ...others.map((root) => button(root, () => this.go(root), { className: "plain" }))) : "");
  }

  showFolder() {
    const { name, studies, videos, n_videos } = this.listing;
    const parts = [];
    if (studies.length) {
      parts.push(make("div", { className: "card", id: "studies" }, make("h2", {}, "Studies in this folder"),
        make("div", { className: "bar" }, ...studies.map((one) => button(`Open ${one.name}`, () => this.enter("api/open", { path: one.path }), { className: "main" })))));
    }
    if (!videos.length) {
      parts.push(make("p", { className: "card" }, studies.length ? "There are no videos in this folder itself." : `There are no videos in ${name}. Choose a folder on the left.`));
    } else {
      this.wizard = this.makeWizard(studies.length > 0);
      this.seen = make("p", { className: "note", id: "seen" });
      this.videos = make("div", { className: "videos" });
      parts.push(this.wizard, make("h2", {}, n_videos === 1 ? "1 video" : `${n_videos} videos`), this.seen, this.videos);
    }
    this.folder.replaceChildren(...parts);
    if (videos.length) this.lookAt(videos);
  }

  makeWizard(has_study) {
    const { name } = this.listing;
    const choice = (id, options) => make("select", { id, on: { change: () => this.setUsual() } },
      ...Object.entries(options).map(([value, label]) => make("option", { value }, label)));
    const number = (id, label) => make("input", { id, type: "number", min: 0, step: "any", "aria-label": label });
    this.name = make("input", { id: "name", type: "text", maxLength: 80, value: name.replace(/[^\p{L}\p{N} _-]+/gu, "-") });
    this.test = choice("test", TESTS);
    this.species = choice("species", { mouse: "Mouse", rat: "Rat" });
    this.duration = number("duration", "Length of the test, s");
    this.from = number("from", "Scored from, s");
    this.to = number("to", "Scored to, s");
    this.count = make("input", { id: "count", type: "number", min: 1, max: 64, value: "" , placeholder: "..." });
    this.blind = make("input", { id: "blind", type: "checkbox" });
    this.setUsual();
    const form = make("form", { className: "wizard", on: { submit: (event) => { event.preventDefault(); this.create(); } } },
      labelled("Name of the study", this.name), labelled("Test", this.test), labelled("Animal", this.species),
      labelled("Animals in each video", this.count), labelled("Length of the test, s", this.duration),
      labelled("Scored part, s", make("span", { className: "pair" }, this.from, this.to)),
      make("label", { title: "Videos get codes for names; the groups stay in a key file that somebody else keeps." }, "Blind codes", this.blind),
      make("button", { type: "submit", className: "main" }, "Make the study"));
    const title = make("h2", {}, has_study ? "Or begin another study with these videos" : "A new study with these videos");
    const open = button("Only score by hand, without a study", () => this.enter("api/open", { path: this.listing.path }), { className: "plain" });
    return make("div", { className: "card" }, title, form, make("p", { className: "note" },
      "What is usual is filled in. Everything can be changed later, here or in the file study.yaml. "), open);
  }

  setUsual() {
    const [duration, from, to] = USUAL[`${this.test.value}/${this.species.value}`];
    [this.duration.value, this.from.value, this.to.value] = [duration, from, to];
  }

  async create() {
    const count = Number(this.count.value);
    if (!(count >= 1)) {
      say("Say how many animals each video shows.", true);
      this.count.focus();
      return;
    }
    await this.enter("api/new", {
      folder: this.listing.path, name: this.name.value.trim(), test: this.test.value, species: this.species.value,
      duration_s: Number(this.duration.value), window_s: [Number(this.from.value), Number(this.to.value)],
      count, blind: this.blind.checked,
    });
  }

  async enter(address, body) {
    try {
      const opened = await save(address, body);
      location.assign(opened.address);
    } catch (error) {
      say(error.message, true);
    }
  }

  /** Show all videos at once; pictures and cylinders of those in view fill in, a few at a time. */
  lookAt(videos) {
    const { visit } = this;
    const counts = [];
    const waiting = [];
    let busy = 0;
    const next = async () => {
      if (busy >= AT_ONCE || !waiting.length || visit !== this.visit) return;
      busy += 1;
      const [video, card] = waiting.shift();
      const look = await this.look(video.path, card);
      busy -= 1;
      if (visit !== this.visit) return;
      if (look?.count) counts.push(look.count);
      this.tellCounts(counts, videos.length);
      next();
    };
    const ask = (one) => { waiting.push(one); next(); };
    const cards = videos.map((video) => [video, videoCard(video)]);
    this.videos.replaceChildren(...cards.map(([, card]) => card));
    const later = new Map(cards.slice(LOOKED_AT).map((one) => [one[1], one]));
    const seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        ask(later.get(target));
      }
    });
    for (const card of later.keys()) seen.observe(card);
    cards.slice(0, LOOKED_AT).forEach(ask);
  }

  /** Look at one video: a picture of it, and the cylinders that are seen; none if it cannot be read. */
  async look(path, card) {
    const query = new URLSearchParams({ path });
    const image = make("img", { src: `api/picture?${query}`, alt: "" });
    image.addEventListener("load", () => card.querySelector(".frame").prepend(image), { once: true });
    try {
      const look = this.looks.get(path) ?? await read(`api/look?${query}`);
      this.looks.set(path, look);
      showLook(card, look);
      return look;
    } catch (error) {
      card.classList.add("odd");
      card.querySelector(".frame").textContent = "cannot be read";
      card.querySelector(".told").textContent = error.message;
      return null;
    }
  }

  /** Say how many cylinders are seen, and fill in the number that most videos show. */
  tellCounts(counts, total) {
    if (!counts.length) {
      this.seen.textContent = "";
      return;
    }
    const tally = new Map();
    for (const count of counts) tally.set(count, (tally.get(count) ?? 0) + 1);
    const [[most, times]] = [...tally].sort((a, b) => b[1] - a[1]);
    if (!this.count.value || this.count.dataset.proposed === this.count.value) {
      this.count.value = most;
      this.count.dataset.proposed = String(most);
    }
    const looked = Math.min(counts.length, total);
    this.seen.textContent = tally.size === 1
      ? `${most} ${most === 1 ? "place" : "places"} for an animal seen in each of ${looked} videos looked at. Wrong? Change the number, and correct the shapes on the screen 'Arenas'.`
      : `Not all videos show the same: ${times} of ${looked} show ${most}. Those that differ are framed.`;
    for (const figure of this.videos.children) {
      if (figure.dataset.count) figure.classList.toggle("odd", Number(figure.dataset.count) !== most);
    }
  }
}

function videoCard({ name }) {
  return make("figure", {}, make("div", { className: "frame" }),
    make("figcaption", {}, make("strong", {}, name), make("br"), make("span", { className: "told note" }, "")));
}

function showLook(card, { duration_s, width, height, count, arenas }) {
  const frame = card.querySelector(".frame");
  const overlay = document.createElementNS(SVG, "svg");
  overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
  for (const arena of arenas) overlay.append(...outline(arena, height));
  frame.append(overlay);
  card.dataset.count = count ?? "";
  const seen = count ? `${count} seen` : "number of animals not clear";
  card.querySelector(".told").textContent = `${clock(duration_s).replace(/\.\d+$/, "")} min, ${width} x ${height}, ${seen}`;
}

function outline({ name, x, y, width, height, shape }, picture_height) {
  const mark = document.createElementNS(SVG, shape === "ellipse" ? "ellipse" : "rect");
  const place = shape === "ellipse"
    ? { cx: x + width / 2, cy: y + height / 2, rx: width / 2, ry: height / 2 }
    : { x, y, width, height };
  for (const [key, value] of Object.entries(place)) mark.setAttribute(key, value);
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("x", x + width * 0.08);
  text.setAttribute("y", y + picture_height * 0.09);
  text.setAttribute("font-size", picture_height * 0.08);
  text.textContent = name;
  return [mark, text];
}

/** Open the screen; returns how to put it away. */
export async function open(root) {
  const screen = new HomeScreen(root);
  await screen.open();
  return () => { screen.visit += 1; };
}
