// Asks before the page is left, only while that would lose something.
const guard = (event) => {
  if (document.documentElement.dataset.leaving) return; // same_session.js
  event.preventDefault();
  event.returnValue = true; // browsers before 2024
};
const BETWEEN_MS = 3000; // from one page of the app to the next, of which each has this script
let gone = null;
let begun = null;

export default function ({ data }) {
  const mine = (begun = {});
  clearTimeout(gone);
  removeEventListener("beforeunload", guard);
  if (data.ask) addEventListener("beforeunload", guard);
  return () => {
    // The script of the next page may have begun before that of the last one ends.
    if (begun === mine) gone = setTimeout(() => removeEventListener("beforeunload", guard), BETWEEN_MS);
  };
}
