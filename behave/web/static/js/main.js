/** The page: which screen is shown. */

import { read } from "./api.js";
import { make, say } from "./dom.js";

const SCREENS = ["arenas", "score", "review", "results"];
let close = () => {};
let visits = 0;

/** Show the screen that the address names, and put away the one before. */
async function show(study) {
  const [name, ...rest] = decodeURIComponent(location.hash.replace(/^#\//, "")).split("/");
  const screen = SCREENS.includes(name) ? name : "arenas";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${screen}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  close();
  close = () => {};
  visits += 1;
  const visit = visits;
  // A place of its own: a screen that is still opening cannot write over the next one.
  const root = make("div", {}, make("p", {}, "Opening ..."));
  document.getElementById("screen").replaceChildren(root);
  try {
    const { open } = await import(`./${screen}.js`);
    const put_away = await open(root, study, rest.join("/"));
    if (visit === visits) close = put_away;
    else put_away();
  } catch (error) {
    if (visit !== visits) return;
    root.replaceChildren();
    say(error.message, true);
  }
}

try {
  const study = await read("/api/study");
  document.getElementById("study").textContent = study.name;
  document.title = `${study.name} - behave`;
  document.getElementById("mode").textContent = study.read_only ? "To look at only: nothing is saved" : "";
  window.addEventListener("hashchange", () => show(study));
  await show(study);
} catch (error) {
  say(error.message, true);
}
