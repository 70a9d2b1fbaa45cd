"""How quickly page Inspection answers in a real Chromium, with thousands of photos in the inspection.

    python -m pip install -r tests/browser/requirements.txt
    python benchmarks/gallery.py [--photos 5000] [--large 200] [--repeats 8] [--json]

The photos that are looked at, the first ones by suspicion, are as large as a camera's (12 megapixels), the others
small. Told are the median and the range of milliseconds from a click or a key to the page that it asked for, with all
its pictures loaded: a gallery's page that nobody saw before, one that was seen, the table, the next photo by key, and a
decision by key (recorded, and the next photo there). What brought nothing within ten seconds is asked for again, and
counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from playwright.sync_api import Page, TimeoutError, sync_playwright
from report import inspection, photos

from crackxai.inspection.records.records import open_records
from tests.browser.conftest import QUIET, Server, executable
from tests.browser.driver import button, idle

PICTURES = "[...document.images].filter(i => i.closest('{within}')).every(i => i.complete && i.naturalWidth)"
SMALL = 0.3
"""Megapixels of those that are not looked at."""
AGAIN_MS = 10_000
again: list[str] = []
"""What was waited for in vain at first."""


def until(page: Page, ask: Callable[[], None], within: str, changed: str) -> float:
    """Milliseconds from ``ask`` until the script ``changed`` is true and all pictures within it are loaded."""
    loaded = PICTURES.format(within=within)
    began = time.perf_counter()
    ask()
    try:
        page.wait_for_function(f"({changed}) && {loaded}", polling=10, timeout=AGAIN_MS)
    except TimeoutError:
        again.append(changed)
        ask()
        page.wait_for_function(f"({changed}) && {loaded}", polling=10)
    elapsed = 1000 * (time.perf_counter() - began)
    idle(page)
    return elapsed


def measure(page: Page, address: str, repeats: int) -> dict[str, list[float]]:
    rows: dict[str, list[float]] = {}

    def timed(name: str, ask: Callable[[], None], within: str, changed: str) -> None:
        rows.setdefault(name, []).append(until(page, ask, within, changed))

    def first_tile() -> str:
        return page.locator("[class*=st-key-tile-]").first.get_attribute("class").split("st-key-tile-")[1].split()[0]

    def other_tiles(than: str) -> str:
        return f"!document.querySelector('.st-key-tile-{than}') && document.querySelector('[class*=st-key-tile-]')"

    timed("opened", lambda: page.goto(address), ".st-key-gallery", "document.querySelector('.st-key-gallery img')")
    for name, way in (("gallery, a new page", "on"), ("gallery, a page seen before", "back")):
        for _ in range(repeats):
            ask = button(page, f"gallery-{way}").click
            timed(name, ask, ".st-key-gallery", other_tiles(first_tile()))
    view = page.locator(".st-key-inspection-view button")
    timed("table", view.nth(1).click, "body", "document.querySelector('[data-testid=stDataFrame] canvas')")
    within = ".st-key-recorded-picture"
    picture = f"document.querySelector('{within} img')"
    timed("one photo", view.nth(2).click, within, picture)
    for name, key in (("next photo, by key", "ArrowRight"), ("decision, by key", "c")):
        for _ in range(repeats):
            before = page.evaluate(f"{picture}.src")
            changed = f"{picture} && {picture}.src !== {json.dumps(before)}"
            timed(name, lambda key=key: page.keyboard.press(key), within, changed)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=5000)
    parser.add_argument("--large", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        place = Path(name)
        server = Server(place / "log.txt")
        files = []
        for folder, count, megapixels in (("large", args.large, 12), ("small", args.photos - args.large, SMALL)):
            (place / folder).mkdir()
            files += photos(place / folder, count, megapixels)
        with open_records(server.records) as records:
            made = inspection(records, files, lambda number: number < args.large)
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", *QUIET])
        with server:
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(90_000)
            rows = measure(page, f"{server.address}/inspection?inspection={made}&lang=en", args.repeats)
        browser.close()
    if args.json:
        print(json.dumps({"cores": os.cpu_count(), "photos": args.photos, "rows": rows, "again": len(again)}, indent=2))
        return
    print(f"{os.cpu_count()} cores, {args.photos:,} photos; median (least–most), milliseconds")
    for name, values in rows.items():
        print(f"{name:<30} {statistics.median(values):6.0f} ({min(values):.0f}–{max(values):.0f})")
    print(f"asked for again: {len(again)}")


if __name__ == "__main__":
    main()
