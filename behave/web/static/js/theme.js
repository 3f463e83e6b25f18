/** Light and dark, and the colours of the page for what is drawn on a canvas. */

const KEY = "theme";

/** Light or dark: as chosen here, else as the computer has it. */
function theme() {
  return localStorage.getItem(KEY) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function apply() {
  const now = theme();
  document.documentElement.dataset.theme = now;
  const switcher = document.getElementById("theme");
  if (switcher) switcher.textContent = now === "dark" ? "Light" : "Dark";
  window.dispatchEvent(new Event("resize")); // what is drawn is drawn anew
}

/** Let the button switch, and follow the computer until it is used. */
export function followTheme() {
  document.getElementById("theme").addEventListener("click", () => {
    localStorage.setItem(KEY, theme() === "dark" ? "light" : "dark");
    apply();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  apply();
}

/** The colour that a name of tokens.css has now. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || "#000";
}
