/** Elements made without markup in strings, so that no text can become code. */

/**
 * Make an element.
 * @param {string} tag
 * @param {Object<string, *>} [attributes] `on` holds listeners by event; a property of the element
 *   is set as such, anything else as an attribute; null leaves it out.
 * @param {...(Node|string|null)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that calls `act`; `more` are further attributes. */
export function button(label, act, more = {}) {
  const click = (event) => {
    // Clicked with a mouse it gives the keys back to the screen.
    if (event.detail) event.currentTarget.blur();
    act(event);
  };
  return make("button", { type: "button", on: { click }, ...more }, label);
}

/** A field with its label in front. */
export function labelled(text, field) {
  return make("label", {}, text, field);
}

/**
 * Tell the person something, where a screen reader hears it too.
 * @param {string} text
 * @param {boolean} [fault] whether something went wrong; it then stays until something goes well
 */
export function say(text, fault = false) {
  const place = document.getElementById("message");
  place.classList.toggle("fault", fault);
  place.textContent = text;
  clearTimeout(say.timer);
  if (!fault) say.timer = setTimeout(() => { place.textContent = ""; }, 6000);
}

/** Whether a key was meant for a field and not for the screen. */
function typing(event) {
  const { tagName, type } = event.target;
  if (tagName === "INPUT") return !["range", "checkbox", "radio"].includes(type);
  return tagName === "SELECT" || tagName === "TEXTAREA";
}

/** Whether a key was meant for the element that has the focus: a field, or a button by keyboard. */
export function meantFor(event) {
  if (typing(event)) return true;
  return [" ", "Enter"].includes(event.key) && ["BUTTON", "SUMMARY", "A"].includes(event.target.tagName);
}

/** Seconds as people read them: 83.46 -> "1:23.46". */
export function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(2).padStart(5, "0")}`;
}
