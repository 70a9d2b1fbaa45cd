// Brings a part of the page into view when another turn begins; where it is in view already, nothing moves.
let seen = null;

export default function ({ data }) {
  const before = seen;
  seen = data.turn;
  // A page that was just opened starts at its top.
  if (before === null || before === data.turn || !data.turn) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const bring = (left) => {
    const part = document.querySelector(data.to);
    if (part) part.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    else if (left) setTimeout(bring, 200, left - 1);
  };
  // After the rest of the page has been drawn.
  setTimeout(bring, 300, 20);
}
