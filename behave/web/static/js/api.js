/** What the page asks of the program, and how its refusals come back as sentences. */

/** A refusal in plain words. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {number} status 409: somebody else has saved; 0: the program does not answer
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused("The program does not answer. Is 'behave web' still running?", 0);
  }
  if (answer.ok) return answer;
  const text = await answer.text();
  let why = text;
  try { why = JSON.parse(text).error; } catch { /* plain text */ }
  throw new Refused(why, answer.status);
}

/** Read JSON. */
export async function read(path) {
  return (await ask(path)).json();
}

/**
 * Save something; the answer is what is kept now.
 * @param {boolean} [leaving] whether the page is being closed: the request outlives it
 */
export async function save(path, body, leaving = false) {
  const answer = await ask(path, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    keepalive: leaving,
  });
  return answer.json();
}

/**
 * Fetch a frame.
 * @returns {Promise<{number: number, time_s: number, image: ImageBitmap}>} which frame it really is
 */
export async function fetchFrame(path, signal) {
  const answer = await ask(path, { signal });
  const image = await createImageBitmap(await answer.blob());
  return {
    number: Number(answer.headers.get("Behave-Frame")),
    time_s: Number(answer.headers.get("Behave-Time")),
    image,
  };
}
