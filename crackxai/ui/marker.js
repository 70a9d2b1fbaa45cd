// Drag a rectangle on a picture; tells [top, bottom, left, right] in whole percent of its sides.
export default function ({ data, parentElement, setTriggerValue }) {
  let image = parentElement.querySelector("img");
  if (!image) {
    const frame = document.createElement("div");
    frame.className = "frame";
    image = document.createElement("img");
    image.draggable = false;
    const box = document.createElement("div");
    box.className = "box";
    frame.append(image, box);
    parentElement.append(frame);
  }
  const box = parentElement.querySelector(".box");
  if (image.getAttribute("src") !== data.image) image.src = data.image;
  image.alt = data.alt;

  const draw = ([top, bottom, left, right]) => {
    Object.assign(box.style, {
      top: `${top}%`, left: `${left}%`, height: `${bottom - top}%`, width: `${right - left}%`,
    });
  };
  const place = (event) => {
    const { left, top, width, height } = image.getBoundingClientRect();
    const within = (part) => Math.round(100 * Math.min(1, Math.max(0, part)));
    return [within((event.clientY - top) / height), within((event.clientX - left) / width)];
  };
  const spanned = ([y0, x0], [y1, x1]) => [Math.min(y0, y1), Math.max(y0, y1), Math.min(x0, x1), Math.max(x0, x1)];

  let from = null;
  draw(data.box);
  image.onpointerdown = (event) => {
    from = place(event);
    image.setPointerCapture(event.pointerId);
  };
  image.onpointermove = (event) => {
    if (from) draw(spanned(from, place(event)));
  };
  image.onpointerup = (event) => {
    if (!from) return;
    const marked = spanned(from, place(event));
    from = null;
    // A click without a drag marks nothing.
    if (marked[1] - marked[0] < 2 || marked[3] - marked[2] < 2) draw(data.box);
    else setTriggerValue("marked", marked);
  };
  image.onpointercancel = () => {
    from = null;
    draw(data.box);
  };
}
