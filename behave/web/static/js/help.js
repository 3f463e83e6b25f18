/** Each screen's title, with three lines of help that can be folded away. */

import { make } from "./dom.js";

const LINES = {
  animals: [
    "One row for each animal in each video. Columns marked * are needed; the groups must be spelled as the study file says, and are offered as you type.",
    "Paste cells from a spreadsheet into the grid, with or without their header, or drop a whole .xlsx or .csv file on it. All is saved as you go, in the table beside the study.",
    "Mistakes are marked in their cells and listed below; a click leads to the cell. Enter and the arrows move, Ctrl+Z takes back.",
  ],
  run: [
    "Scores every animal, compares the groups and writes the report. What was measured before and has not changed is used again.",
    "You may close the page: the run goes on as long as the program does. Pause ends it; nothing that was measured is lost.",
  ],
  calibration: [
    "How much motion counts as floating is learnt for each camera from all of its animals, without knowing their groups. Low is still, high is moving; the line is what parts them.",
    "Drag the line to see at once what another value would do to every animal. Nothing changes until you say 'Use it', with your name and the reason, which the report states.",
  ],
  arenas: [
    "Choose a shape and drag it round each cylinder; then drag it to move it, its corners to resize it. For a polygon click its corners, and the first one again.",
    "Copy the arenas to the other videos of the camera, then look at the sheet: a bumped camera is seen at once.",
    "Keys: R, E, P the shapes, V move, S scale, N new in the middle, arrows move (Shift: 10 px), Alt and arrows resize, comma and point choose a corner, Delete, Ctrl+Z undo, Ctrl+S save.",
  ],
  score: [
    "Watch the animal and press the key of what it does; the key is stamped with the frame on the screen. Before your first key it counts as moving.",
    "You see neither the animal's name nor its group nor what the program scored, and some animals come twice. All is saved as you go.",
    "Keys: Space play, left and right one frame, - and + speed, Backspace undo, Enter when the trial is done.",
  ],
  review: [
    "The colour is the scored state, the line is the motion and its threshold. Drag on the motion or the ribbon to move in time, turn the wheel to zoom.",
    "To correct, mark the start and the end of a stretch and give its state. The automatic score stays; yours is kept beside it, with your name.",
    "Keys: Space play, left and right one frame, - and + speed, D next doubtful stretch, F next flag, A all animals of the video, N and P next and previous trial, [ and ] start and end, I, M, S, C or U the state, Backspace undo.",
  ],
  results: [
    "Every animal at a glance: its states over time, its immobility and what is to be known about its recording. Click an animal to review it.",
    "Groups stay hidden until you unblind the study, which is written down with your name and the time.",
    "Move the threshold to see how each animal's immobility would change; nothing is decoded again and nothing is saved.",
  ],
};

/** Windows lower than this begin with the help folded away. */
const ROOMY_PX = 820;

/** The title of a screen, which unfolds its help; whoever folded it finds it folded. */
export function heading(title, screen) {
  const lines = make("ul", {}, ...LINES[screen].map((line) => make("li", {}, line)));
  const folded = `folded/${screen}`;
  const element = make("details", { className: "help", open: (localStorage.getItem(folded) ?? (window.innerHeight < ROOMY_PX ? "yes" : "no")) === "no", on: {
    toggle: () => localStorage.setItem(folded, element.open ? "no" : "yes"),
  } }, make("summary", { title: "Fold the help away, or back" }, make("h1", {}, title)), lines);
  return element;
}
