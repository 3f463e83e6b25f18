/** The page: which screen is shown. */

import { read } from "./api.js";
import { make, say } from "./dom.js";

const SCREENS = ["arenas", "score", "review", "results"];
let close = () => {};

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
  const root = document.getElementById("screen");
  root.replaceChildren(make("p", {}, "Opening ..."));
  try {
    const module = await import(`./${screen}.js`);
    close = (await module.open(root, study, rest.join("/"))) ?? close;
  } catch (error) {
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
