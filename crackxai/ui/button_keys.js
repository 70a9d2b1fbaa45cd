// Keys of the keyboard press buttons of the page. Streamlit's own shortcuts leave out C and R, which are its own.
let keys = {};
let listening = false;
let tabbed = false; // whether the focus came where it is by the keyboard
const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]";
const MOVES = "[role=radiogroup], [role=grid], [role=slider], [role=tablist], [role=listbox], [role=menu], canvas";

function press(event) {
  if (event.key === "Tab") tabbed = true;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
  const name = event.key.toLowerCase();
  const wanted = keys[name];
  if (!wanted) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest(TYPED) && name !== "escape") return;
  // Who came to a row of options by Tab moves within it by arrows; who clicked on it goes on to the next photo.
  if (name.startsWith("arrow") && tabbed && target.closest(MOVES)) return;
  if (document.querySelector("[role=dialog]")) return;
  // Before Streamlit hears of it.
  event.preventDefault();
  event.stopImmediatePropagation();
  // Held down, it would decide on photos that nobody saw.
  if (event.repeat) return;
  const found = [...document.querySelectorAll(`[class*="st-key-${wanted}"] button`)];
  found.find((button) => button.offsetParent && !button.disabled)?.click();
}

export default function ({ data }) {
  const mine = (keys = data.keys);
  if (!listening) {
    addEventListener("keydown", press, true);
    addEventListener("pointerdown", () => (tabbed = false), true);
  }
  listening = true;
  return () => {
    // The script of the next photo may have begun before that of the last one ends.
    if (keys === mine) keys = {};
  };
}
