// Brings a part of the page into view when another turn begins; where it is in view already, nothing moves.
let seen = null;
const AGAIN_MS = [300, 800, 1500, 2500]; // the page is drawn, and pictures above the part take their room
const OWN_MOVES = ["wheel", "touchstart", "pointerdown", "keydown"];

export default function ({ data }) {
  const before = seen;
  seen = data.turn;
  // A page that was just opened starts at its top.
  if (before === null || before === data.turn || !data.turn) return;
  const timers = AGAIN_MS.map((ms) =>
    setTimeout(() => document.querySelector(data.to)?.scrollIntoView({ block: "nearest" }), ms),
  );
  // Whoever moves the page himself is not moved any more.
  const stop = () => {
    timers.forEach(clearTimeout);
    OWN_MOVES.forEach((move) => removeEventListener(move, stop, true));
  };
  OWN_MOVES.forEach((move) => addEventListener(move, stop, true));
}
