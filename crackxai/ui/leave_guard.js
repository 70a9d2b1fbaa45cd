// Asks before the page is left, only while that would lose something.
const guard = (event) => {
  event.preventDefault();
  event.returnValue = true; // browsers before 2024
};

export default function ({ data }) {
  removeEventListener("beforeunload", guard);
  if (data.ask) addEventListener("beforeunload", guard);
  return () => removeEventListener("beforeunload", guard);
}
