// Tells of the files that the browser or the server refused. Streamlit says it in an English tooltip only, and forgets
// it with the next file that is taken.
const stops = new WeakMap();

// Streamlit's own words, and those of the library that it sends files with.
const kind = (why) => {
  if (/File must be .* or smaller/.test(why)) return "too-large";
  const status = /status code (\d+)/.exec(why)?.[1];
  return { 403: "refused", 413: "too-large-between" }[status] ?? "cut-off";
};

export default function ({ data, parentElement, setTriggerValue }) {
  stops.get(parentElement)?.();
  const uploader = document.querySelector(".st-key-uploader");
  if (!uploader) return undefined;
  let waiting = 0;
  let files = [];
  let chips = [];

  const tell = () => {
    setTriggerValue("failed", { upload: data.upload, files });
    // The others of the same drop may still be on their way: only what was told goes.
    for (const chip of chips) chip.querySelector("[data-testid=stFileChipDeleteBtn] button")?.click();
    [files, chips] = [[], []];
  };
  // Noted at once: with the next file that arrives, the uploader is replaced by an empty one.
  const note = () => {
    for (const chip of uploader.querySelectorAll("[data-testid=stFileChip][aria-invalid=true]:not([data-told])")) {
      chip.dataset.told = "";
      const name = chip.querySelector("[data-testid=stFileChipName]").title;
      const size = chip.getAttribute("aria-label").slice(name.length + 2).replace(/([A-Z]+)$/, " $1");
      const why = chip.querySelector("[role=alert]").textContent.replace(/^Error: (AxiosError: )?/, "");
      files.push({ name, size, why, kind: kind(why) });
      chips.push(chip);
      clearTimeout(waiting);
      waiting = setTimeout(tell, 200);
    }
  };
  const observer = new MutationObserver(note);
  observer.observe(uploader, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-invalid"] });
  note();

  const stop = () => {
    observer.disconnect();
    if (files.length) {
      clearTimeout(waiting);
      tell();
    }
  };
  stops.set(parentElement, stop);
  return stop;
}
