// A large photo to zoom and pan in, with layers over it and boxes that can be chosen, or marked by dragging; a line of
// known length can be drawn on it.
// All places are in the photo's own pixels. Works with mouse, fingers and keyboard, and asks no other server.
const MOST = 40; // times the width that fits the page
const STEP = 1.5; // of one press of a button or key
const PAN = 0.15; // of the frame, of one press of an arrow
const SETTLED_MS = 250; // after which a sharper picture of what is seen is asked for
const DRAGGED = 6; // pixels of the screen from which a press is no click

const percent = (part, whole) => `${(100 * part) / whole}%`;

export default function ({ data, parentElement, setTriggerValue }) {
  const view = parentElement.crackxaiViewer ?? (parentElement.crackxaiViewer = build(parentElement));
  view.update(data, setTriggerValue);
}

function build(parent) {
  const make = (tag, name, into) => {
    const made = document.createElement(tag);
    made.className = name;
    into.append(made);
    return made;
  };
  const frame = make("div", "frame", parent);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  const sheet = make("div", "sheet", frame);
  const image = make("img", "photo", sheet);
  const detail = make("img", "detail", sheet);
  const layers = make("div", "layers", sheet);
  const boxes = make("div", "boxes", sheet);
  const drawn = make("div", "drawn", sheet);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  line.setAttribute("class", "line");
  line.setAttribute("preserveAspectRatio", "none");
  line.innerHTML = "<line/><line/>";
  sheet.append(line);
  for (const each of [image, detail]) each.draggable = false;
  const bar = make("div", "bar", parent);
  let data = null;
  let tell = () => {};
  let at = { zoom: 1, x: 0.5, y: 0.5 }; // middle of what is seen, as parts of the photo
  let photo = null;
  let tool = null; // what a drag does: "mark" a part, draw a length to "measure" by, or move the photo
  let timer = null;
  let asked = "";

  const buttons = {};
  for (const [name, sign, act] of [
    ["in", "+", () => zoomBy(STEP)],
    ["out", "−", () => zoomBy(1 / STEP)],
    ["fit", "⤢", () => go({ zoom: 1, x: 0.5, y: 0.5 })],
    ["mark", "⬚", () => take(tool === "mark" ? null : "mark")],
    ["measure", "↔", () => take(tool === "measure" ? null : "measure")],
  ]) {
    buttons[name] = make("button", name, bar);
    buttons[name].type = "button";
    buttons[name].textContent = sign;
    buttons[name].onclick = act;
  }
  const note = make("span", "note", bar);

  const take = (chosen) => {
    tool = chosen;
    for (const name of ["mark", "measure"]) buttons[name].setAttribute("aria-pressed", String(name === tool));
    frame.classList.toggle("marking", tool !== null);
  };

  const go = (to) => {
    const zoom = Math.min(MOST, Math.max(1, to.zoom));
    const half = 0.5 / zoom;
    const within = (part) => Math.min(1 - half, Math.max(half, part));
    at = { zoom, x: within(to.x), y: within(to.y) };
    Object.assign(sheet.style, {
      width: `${100 * zoom}%`,
      left: `${100 * (0.5 - at.x * zoom)}%`,
      top: `${100 * (0.5 - at.y * zoom)}%`,
    });
    frame.classList.toggle("closer", zoom > 1);
    buttons.out.disabled = buttons.fit.disabled = zoom <= 1;
    buttons.in.disabled = zoom >= MOST;
    if (data) note.textContent = data.words.scale.replace("{scale}", shownScale());
    clearTimeout(timer);
    timer = setTimeout(look, SETTLED_MS);
  };
  const shownScale = () => {
    const per = (frame.clientWidth * at.zoom) / data.size[0];
    return `${(100 * per).toFixed(per < 0.1 ? 1 : 0)} %`;
  };
  const zoomBy = (factor, x = at.x, y = at.y) => {
    const zoom = Math.min(MOST, Math.max(1, at.zoom * factor));
    // What is under the pointer stays there.
    const kept = at.zoom / zoom;
    go({ zoom, x: x + (at.x - x) * kept, y: y + (at.y - y) * kept });
  };
  const seen = () => {
    const [width, height] = data.size;
    const half = 0.5 / at.zoom;
    const cut = (part, whole) => Math.round(Math.min(1, Math.max(0, part)) * whole);
    return [cut(at.y - half, height), cut(at.y + half, height), cut(at.x - half, width), cut(at.x + half, width)];
  };
  const covers = (outer, [top, bottom, left, right]) =>
    outer[0] <= top && outer[1] >= bottom && outer[2] <= left && outer[3] >= right;
  // Where the picture of the whole is coarser than the screen, one of the part that is seen is asked for.
  const look = () => {
    if (!data || !frame.clientWidth) return;
    const wanted = frame.clientWidth * at.zoom * (window.devicePixelRatio || 1);
    if (wanted <= image.naturalWidth * 1.1 || image.naturalWidth >= data.size[0]) return;
    const now = seen();
    const sharp = data.detail && (data.detail.box[3] - data.detail.box[2]) <= 2.2 * (now[3] - now[2]);
    if (sharp && covers(data.detail.box, now)) return;
    if (asked === String(now)) return;
    asked = String(now);
    tell("viewed", now);
  };

  const place = (event) => {
    const { left, top, width, height } = sheet.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const fingers = new Map();
  let from = null;
  frame.onpointerdown = (event) => {
    if (event.button > 0) return;
    fingers.set(event.pointerId, event);
    from = { event, at, spot: place(event), moved: false, tool: tool ?? (event.shiftKey ? "mark" : null) };
    if (fingers.size === 2) from.span = span();
  };
  const span = () => {
    const [one, two] = [...fingers.values()];
    return Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
  };
  frame.onpointermove = (event) => {
    if (!from || !fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event);
    if (fingers.size === 2 && from.span) {
      go({ ...from.at, zoom: (from.at.zoom * span()) / from.span });
      from.moved = true;
      return;
    }
    const [dx, dy] = [event.clientX - from.event.clientX, event.clientY - from.event.clientY];
    if (!from.moved && Math.hypot(dx, dy) < DRAGGED) return;
    if (!from.moved) frame.setPointerCapture(event.pointerId);
    from.moved = true;
    if (from.tool === "measure") {
      showLine(measured(from.spot, place(event)));
    } else if (from.tool === "mark") {
      show(drawn, marked(from.spot, place(event)));
      drawn.hidden = false;
    } else if (at.zoom > 1) {
      const { width, height } = sheet.getBoundingClientRect();
      go({ zoom: at.zoom, x: from.at.x - dx / width, y: from.at.y - dy / height });
    }
  };
  const marked = ([x0, y0], [x1, y1]) => {
    const [width, height] = data.size;
    const cut = (part, whole) => Math.round(Math.min(1, Math.max(0, part)) * whole);
    return [
      cut(Math.min(y0, y1), height), cut(Math.max(y0, y1), height),
      cut(Math.min(x0, x1), width), cut(Math.max(x0, x1), width),
    ];
  };
  const measured = (...ends) => {
    const within = (part, whole) => Math.min(1, Math.max(0, part)) * whole;
    return ends.flatMap(([x, y]) => [within(x, data.size[0]), within(y, data.size[1])]);
  };
  frame.onpointerup = (event) => {
    fingers.delete(event.pointerId);
    const begun = from;
    if (!fingers.size) from = null;
    if (!begun || !begun.moved || !begun.tool) return;
    drawn.hidden = true;
    take(null);
    if (begun.tool === "measure") {
      const ends = measured(begun.spot, place(event));
      // How exactly somebody can point: to a pixel of the screen.
      const exact = data.size[0] / (frame.clientWidth * at.zoom);
      if (Math.hypot(ends[2] - ends[0], ends[3] - ends[1]) >= data.closest) tell("measured", [...ends, exact]);
      else {
        showLine(data.line);
        note.textContent = data.words.short;
      }
      return;
    }
    const box = marked(begun.spot, place(event));
    if (box[1] - box[0] >= data.least && box[3] - box[2] >= data.least) tell("marked", box);
    else note.textContent = data.words.small;
  };
  frame.onpointercancel = (event) => {
    fingers.delete(event.pointerId);
    from = null;
    drawn.hidden = true;
    showLine(data.line);
  };
  // A click on a box that ended a drag chooses nothing.
  frame.addEventListener("click", (event) => {
    const box = event.target.closest(".boxes button");
    if (box) tell("chosen", Number(box.dataset.number));
  });
  frame.addEventListener("dblclick", (event) => zoomBy(STEP * STEP, ...place(event)));
  frame.addEventListener(
    "wheel",
    (event) => {
      // The wheel alone scrolls the page; a pinch on a touchpad comes as one with Ctrl.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY / 200), ...place(event));
    },
    { passive: false },
  );
  const keys = {
    "+": () => zoomBy(STEP), "=": () => zoomBy(STEP), "-": () => zoomBy(1 / STEP),
    0: () => go({ zoom: 1, x: 0.5, y: 0.5 }),
    ArrowLeft: () => go({ ...at, x: at.x - PAN / at.zoom }), ArrowRight: () => go({ ...at, x: at.x + PAN / at.zoom }),
    ArrowUp: () => go({ ...at, y: at.y - PAN / at.zoom }), ArrowDown: () => go({ ...at, y: at.y + PAN / at.zoom }),
  };
  frame.onkeydown = (event) => {
    const moves = event.key.startsWith("Arrow");
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey || (moves && at.zoom === 1)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  };

  const show = (element, [top, bottom, left, right]) => {
    const [width, height] = data.size;
    Object.assign(element.style, {
      top: percent(top, height), height: percent(bottom - top, height),
      left: percent(left, width), width: percent(right - left, width),
    });
  };
  const showLine = (ends) => {
    line.style.display = ends ? "" : "none";
    if (!ends) return;
    line.setAttribute("viewBox", `0 0 ${data.size[0]} ${data.size[1]}`);
    for (const each of line.children) {
      ["x1", "y1", "x2", "y2"].forEach((name, i) => each.setAttribute(name, ends[i]));
    }
  };
  const pictures = (into, list) => {
    while (into.children.length > list.length) into.lastChild.remove();
    while (into.children.length < list.length) make("img", "layer", into).draggable = false;
    list.forEach((each, i) => {
      const picture = into.children[i];
      if (picture.getAttribute("src") !== each.image) picture.src = each.image;
      picture.alt = "";
      picture.classList.toggle("rimmed", Boolean(each.rim));
      show(picture, each.box);
    });
  };

  const update = (given, setTriggerValue) => {
    data = given;
    tell = setTriggerValue;
    const [width, height] = data.size;
    // All of it is seen at once, of a photo in portrait format too.
    Object.assign(frame.style, { aspectRatio: `${width} / ${height}`, maxWidth: `calc(62vh * ${width / height})` });
    frame.setAttribute("aria-label", data.words.frame);
    for (const [name, button] of Object.entries(buttons)) {
      button.title = data.words[name];
      button.setAttribute("aria-label", data.words[name]);
    }
    if (image.getAttribute("src") !== data.image) image.src = data.image;
    image.alt = data.alt;
    detail.hidden = !data.detail;
    if (data.detail) {
      if (detail.getAttribute("src") !== data.detail.image) detail.src = data.detail.image;
      detail.alt = "";
      show(detail, data.detail.box);
    }
    pictures(layers, data.layers);
    while (boxes.children.length > data.boxes.length) boxes.lastChild.remove();
    while (boxes.children.length < data.boxes.length) make("button", "", boxes).type = "button";
    data.boxes.forEach((each, i) => {
      const button = boxes.children[i];
      button.className = each.kind;
      button.dataset.number = each.number;
      button.setAttribute("aria-label", each.label);
      button.title = each.label;
      button.innerHTML = "";
      make("span", "", button).textContent = each.sign;
      show(button, each.box);
    });
    drawn.hidden = true;
    if (from?.tool !== "measure") showLine(data.line);
    if (photo !== data.photo) {
      photo = data.photo;
      asked = "";
      take(null);
      go({ zoom: 1, x: 0.5, y: 0.5 });
    } else if (data.look && String(data.look) !== frame.dataset.look && at.zoom > 1) {
      go({ ...at, x: (data.look[2] + data.look[3]) / 2 / width, y: (data.look[0] + data.look[1]) / 2 / height });
    } else {
      go(at);
    }
    frame.dataset.look = String(data.look ?? "");
  };
  return { update };
}
