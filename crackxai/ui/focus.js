// Streamlit puts another element in a button's place where its kind or its tooltip changes, and a disabled one lets go of
// the focus: the keyboard is back at the page's beginning. Here the focus goes on to what took the place.
() => {
  if (document.crackxaiFocus) return;
  document.crackxaiFocus = true;
  let key = null;
  let place = 0;
  let last = null;
  let lost = false;
  const parts = (widget) =>
    [...widget.querySelectorAll("button, input, textarea, [tabindex]")].filter((part) => part.offsetParent && !part.disabled);
  // Who clicks beside everything wants no focus.
  document.addEventListener("pointerdown", () => (key = null), true);
  document.addEventListener(
    "focusin",
    ({ target }) => {
      last = target;
      lost = false;
      const widget = target.closest("[class*=st-key-]");
      key = widget && [...widget.classList].find((name) => name.startsWith("st-key-"));
      place = widget ? Math.max(0, parts(widget).indexOf(target)) : 0;
    },
    true,
  );
  const restore = () => {
    const held = document.activeElement;
    // What still stands there and can be used has let go of the focus on purpose.
    lost ||= Boolean(last) && (!last.isConnected || last.disabled);
    if (!lost || !key || (held && held !== document.body && !held.disabled)) return;
    // A button whose key ends in what tells photos from others is the same one for the next photo.
    const stem = key.replace(/-[0-9a-f]{12}$/, "-");
    const widget =
      document.querySelector(`.${CSS.escape(key)}`) ?? (stem === key ? null : document.querySelector(`[class*="${stem}"]`));
    const found = widget ? parts(widget) : [];
    (found[place] ?? found[0])?.focus({ preventScroll: true });
  };
  // Not at once: between two stops of the Tab key nothing has the focus either, while a tooltip closes.
  new MutationObserver(() => setTimeout(restore)).observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["disabled"],
  });
}
