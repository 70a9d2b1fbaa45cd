"""How quickly the Photo page answers: from a key on a control to the new picture in a real Chromium.

    python -m pip install -r tests/browser/requirements.txt
    python benchmarks/ui.py [--repeats 15] [--json]

Opacity, colour scale and contours draw the map again; the reader of max_evals takes another map out of the run. None of
them asks the model. Told are the median and the range of milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import QUIET, Server, executable
from tests.browser.driver import button, idle, the_map, verdict


def answer_ms(page: Page, key: str) -> float:
    """Press ``key`` on the focused control; until the overlay is another picture, and has been drawn."""
    page.evaluate(
        """() => {
            const image = () => document.querySelector("img[alt^='SHAP map']");
            const before = image().src;
            window.answered = null;
            const check = () => {
                const now = image();
                if (now && now.src !== before && now.complete && now.naturalWidth) {
                    requestAnimationFrame(() => { window.answered = performance.now(); });
                } else requestAnimationFrame(check);
            };
            const press = () => { window.pressed = performance.now(); };
            window.addEventListener("keydown", press, {once: true, capture: true});
            requestAnimationFrame(check);
        }"""
    )
    page.keyboard.press(key)
    page.wait_for_function("window.answered !== null", polling=10)
    elapsed = page.evaluate("window.answered - window.pressed")
    idle(page)
    return elapsed


def measure(page: Page, repeats: int) -> dict[str, list[float]]:
    rows = {}
    for name, control, keys in (
        ("opacity", page.get_by_role("slider", name="Opacity of the map, %"), ["ArrowLeft"] * 12 + ["ArrowRight"] * 12),
        # Down through budgets that were never read before, then up again.
        (
            "max_evals reader",
            page.get_by_role("slider", name="Read the map at max_evals"),
            ["ArrowLeft"] * 9 + ["ArrowRight"] * 9,
        ),
        ("contours", page.locator(".st-key-contours input"), ["Space"]),
    ):
        control.focus()
        times = []
        for i in range(repeats + 1):
            control.focus()
            times.append(answer_ms(page, keys[i % len(keys)]))
            time.sleep(0.2)
        kept = times[1:]  # the first warms up
        rows[name] = [statistics.median(kept), min(kept), max(kept)]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder) / "log.txt") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", *QUIET])
        page = browser.new_page(viewport={"width": 1366, "height": 1400})
        page.set_default_timeout(120_000)
        page.goto(f"{server.address}/?sample=1&masker=mean&max_evals=5000&lang=en")
        verdict(page).wait_for()
        idle(page)
        button(page, "explain").click()
        button(page, "download-record").wait_for()
        the_map(page).first.wait_for()
        idle(page)
        rows = measure(page, args.repeats)
        browser.close()
    if args.json:
        print(json.dumps({"cores": os.cpu_count(), "ms": rows}, indent=2))
        return
    print(f"{os.cpu_count()} cores; median (least–most) of {args.repeats} moves after a run of 5000, milliseconds")
    for name, (middle, low, high) in rows.items():
        print(f"{name:<20} {middle:6.0f} ({low:.0f}–{high:.0f})")


if __name__ == "__main__":
    main()
