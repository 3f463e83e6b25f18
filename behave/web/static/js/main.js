/** The page: which screen is shown. */

import { read } from "./api.js";
import { make, say } from "./dom.js";
import { followTheme } from "./theme.js";

/** Screens by their names, in the order of a day's work; some need a study. */
const SCREENS = {
  animals: "Animals", arenas: "Arenas", run: "Run", review: "Review", calibration: "Calibration",
  results: "Results", score: "Score by hand",
};
const OF_A_STUDY = new Set(["animals", "run", "calibration"]);
let close = () => {};
let visits = 0;

/** The screens that what lies open can have. */
function screensOf(study) {
  return Object.keys(SCREENS).filter((name) => study.is_study || !OF_A_STUDY.has(name));
}

function buildNav(study) {
  const links = screensOf(study).map((name) => make("a", { href: `#/${name}` }, SCREENS[name]));
  document.querySelector("nav").replaceChildren(...links);
}

/** Show the screen that the address names, and put away the one before. */
async function show(study) {
  const known = screensOf(study);
  const [name, ...rest] = decodeURIComponent(location.hash.replace(/^#\//, "")).split("/");
  const screen = known.includes(name) ? name : study.start;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${screen}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  await open(screen, (module, root) => module.open(root, study, rest.join("/")));
}

/** Load a screen's module into a place of its own: one that is still opening cannot write over the next. */
async function open(screen, begin) {
  close();
  close = () => {};
  visits += 1;
  const visit = visits;
  const root = make("div", {}, make("p", {}, "Opening ..."));
  document.getElementById("screen").replaceChildren(root);
  try {
    const put_away = await begin(await import(`./${screen}.js`), root);
    if (visit === visits) close = put_away;
    else put_away();
  } catch (error) {
    if (visit !== visits) return;
    root.replaceChildren();
    say(error.message, true);
  }
}

async function openStudy() {
  const study = await read("api/study");
  document.getElementById("study").textContent = study.name;
  document.title = `${study.name} - behave`;
  document.getElementById("mode").textContent = study.read_only ? "To look at only: nothing is saved" : "";
  buildNav(study);
  window.addEventListener("hashchange", () => show(study));
  await show(study);
}

followTheme();
try {
  if (location.pathname.startsWith("/home/")) await open("home", (module, root) => module.open(root));
  else await openStudy();
} catch (error) {
  say(error.message, true);
}
