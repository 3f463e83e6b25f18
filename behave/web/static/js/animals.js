/** The screen 'Animals': a grid to type or paste into, with mistakes marked in their cells. */

import { read, save } from "./api.js";
import { button, labelled, make, say } from "./dom.js";
import { heading } from "./help.js";
import { filled, parseTable, pasted } from "./table.js";

const SAVE_AFTER_MS = 900;
const WAY_BACK = 100;

class AnimalsScreen {
  constructor(root, study) {
    this.root = root;
    this.study = study;
    this.past = [];
    this.at = [0, 0];
  }

  async open() {
    this.take(await read("api/animals"));
    this.build();
    this.key = (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
        event.preventDefault();
        this.undo();
      }
    };
    document.addEventListener("keydown", this.key);
  }

  take(sheet) {
    this.sheet = sheet;
    this.columns = [...sheet.columns];
    this.rows = sheet.rows.map((row) => [...row]);
  }

  build() {
    this.state = make("span", { className: "pill", id: "saved" });
    this.known = make("select", { id: "column" }, ...this.sheet.known.map((name) => make("option", { value: name, title: this.sheet.meanings[name] }, name)));
    this.grid = make("div", { className: "grid", "aria-label": "Animals" });
    this.mistakes = make("ul", { className: "mistakes", id: "mistakes" });
    const locked = this.study.read_only;
    this.root.className = "fill";
    this.root.replaceChildren(heading("Animals", "animals"),
      make("div", { className: "bar" },
        button("Add a row", () => this.addRow(), { disabled: locked }),
        button("Remove row", () => this.removeRow(), { disabled: locked }),
        button("Fill down", () => this.fillDown(), { disabled: locked, title: "Give the rows below the chosen cell its content, as far as they are empty" }),
        button("Undo", () => this.undo(), { disabled: locked, id: "undo" }),
        labelled("Column", this.known), button("Add it", () => this.addColumn(), { disabled: locked || !this.sheet.known.length }),
        this.state, make("a", { href: "#/run", className: "button main" }, "Next: run")),
      this.grid, this.mistakes);
    this.dropping();
    this.draw();
    this.tell();
  }

  /** A spreadsheet may be dropped anywhere on the grid. */
  dropping() {
    const { grid } = this;
    grid.addEventListener("dragover", (event) => { event.preventDefault(); grid.classList.add("droppable"); });
    grid.addEventListener("dragleave", () => grid.classList.remove("droppable"));
    grid.addEventListener("drop", (event) => {
      event.preventDefault();
      grid.classList.remove("droppable");
      const [file] = event.dataTransfer.files;
      if (file && !this.study.read_only) this.drop(file);
    });
  }

  async drop(file) {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
      const { columns, rows } = await save("api/animals/sheet", { name: file.name, content: btoa(text) });
      this.change(() => { [this.columns, this.rows] = [columns, rows]; });
      say(`${file.name}: ${rows.length} rows. Undo brings back what was here.`);
    } catch (error) {
      say(error.message, true);
    }
  }

  draw() {
    const { columns, rows, sheet } = this;
    const lists = Object.entries(sheet.choices).map(([name, values]) =>
      make("datalist", { id: `offer-${name}` }, ...values.map((value) => make("option", { value }))));
    const head = columns.map((name) => make("th", { scope: "col", title: sheet.meanings[name] ?? "",
      className: sheet.needed.includes(name) ? "needed" : "" }, name));
    this.cells = rows.map((row, r) => row.map((value, c) => this.cell(value, r, c)));
    const body = this.cells.map((cells, r) => make("tr", {}, make("td", {}, String(r + 1)), ...cells));
    this.grid.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "row"), ...head)), make("tbody", {}, ...body)), ...lists);
    this.mark();
  }

  cell(value, r, c) {
    const name = this.columns[c];
    const entry = make("input", { type: "text", value, readOnly: this.study.read_only, autocomplete: "off", spellcheck: false,
      "aria-label": `${name}, row ${r + 1}`,
      on: {
        focus: () => { this.at = [r, c]; },
        input: () => this.type(r, c, entry.value),
        paste: (event) => this.paste(event, r, c),
        keydown: (event) => this.move(event, r, c),
      } });
    if (name in this.sheet.choices) entry.setAttribute("list", `offer-${name}`);
    return make("td", { className: name === "video" ? "video" : "" }, entry);
  }

  type(r, c, value) {
    if (this.typing !== `${r}/${c}`) this.remember();
    this.typing = `${r}/${c}`;
    this.rows[r][c] = value;
    this.keepSoon();
  }

  /** Enter and the arrows lead from cell to cell, as in a spreadsheet. */
  move(event, r, c) {
    const steps = { Enter: [1, 0], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    if (!(event.key in steps) || (event.key !== "Enter" && event.target.hasAttribute("list") && !event.target.value)) return;
    event.preventDefault();
    const [down] = steps[event.key];
    this.cells[r + down]?.[c].querySelector("input").focus();
  }

  paste(event, r, c) {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trimEnd()) || this.study.read_only) return;
    event.preventDefault();
    const table = parseTable(text);
    this.change(() => { [this.columns, this.rows] = pasted(this.columns, this.rows, table, r, c); });
    say(`${table.length} rows pasted. Undo takes them back.`);
  }

  remember() {
    this.past.push([this.columns, this.rows.map((row) => [...row])]);
    if (this.past.length > WAY_BACK) this.past.shift();
  }

  /** Change the grid as one step of the way back. */
  change(act) {
    this.remember();
    this.typing = null;
    act();
    this.draw();
    this.keepSoon();
  }

  undo() {
    const last = this.past.pop();
    if (!last) return;
    [this.columns, this.rows] = last;
    this.typing = null;
    this.draw();
    this.keepSoon();
  }

  addRow() { this.change(() => this.rows.push(this.columns.map(() => ""))); }

  removeRow() {
    const [r] = this.at;
    if (this.rows[r]) this.change(() => this.rows.splice(r, 1));
  }

  fillDown() {
    const [r, c] = this.at;
    this.change(() => { this.rows = filled(this.rows, r, c); });
  }

  addColumn() {
    const name = this.known.value;
    if (!name || this.columns.includes(name)) return;
    this.change(() => {
      this.columns = [...this.columns, name];
      this.rows = this.rows.map((row) => [...row, ""]);
    });
  }

  keepSoon() {
    this.state.textContent = "not saved yet";
    this.state.className = "pill warn";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), SAVE_AFTER_MS);
  }

  /** Save; one at a time, because each follows the version of the one before. */
  async keep() {
    clearTimeout(this.timer);
    if (this.saving) {
      this.due = true;
      return;
    }
    this.saving = true;
    const sent = { version: this.sheet.version, columns: this.columns, rows: this.rows };
    try {
      const kept = await save("api/animals", sent);
      this.sheet = { ...kept, rows: this.sheet.rows };
      this.tell();
      this.mark();
    } catch (error) {
      say(error.message, true);
    } finally {
      this.saving = false;
      if (this.due) {
        this.due = false;
        this.keep();
      }
    }
  }

  tell() {
    const { problems } = this.sheet;
    this.state.textContent = problems.length ? `saved in ${this.sheet.file}; ${problems.length} to correct` : `saved in ${this.sheet.file}; complete`;
    this.state.className = problems.length ? "pill warn" : "pill good";
    this.mistakes.replaceChildren(...problems.map((one) => make("li", { on: { click: () => this.lead(one) } },
      one.row === null ? one.text : `Row ${one.row + 1}${one.column === null ? "" : `, ${this.columns[one.column]}`}: ${one.text}`)));
  }

  mark() {
    for (const row of this.cells) for (const cell of row) {
      cell.classList.remove("wrong");
      cell.removeAttribute("title");
    }
    for (const { row, column, text } of this.sheet.problems) {
      const cells = row === null ? [] : column === null ? this.cells[row] ?? [] : [this.cells[row]?.[column]];
      for (const cell of cells.filter(Boolean)) {
        cell.classList.add("wrong");
        cell.title = text;
      }
    }
  }

  lead({ row, column }) {
    this.cells[row ?? 0]?.[column ?? 0]?.querySelector("input").focus();
  }

  close() {
    document.removeEventListener("keydown", this.key);
    if (this.state.textContent.startsWith("not saved")) this.keep();
  }
}

/** Open the screen; returns how to put it away. */
export async function open(root, study) {
  const screen = new AnimalsScreen(root, study);
  await screen.open();
  return () => screen.close();
}
