"""Makes the pictures of the README anew: screenshots of the real app, and a map that sharpens.

python -m pip install -r tests/browser/requirements.txt
python docs/pictures.py
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

from crackxai import ExplainSettings, load_model, read_photo
from crackxai.explain.explainer import Explainer
from crackxai.inspection.dossier import read_dossier
from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import open_records
from crackxai.model.decision import judge
from crackxai.render import display_picture, overlay, own_limit, png
from crackxai.samples import draw_samples
from tests.browser.conftest import QUIET, Server, executable
from tests.browser.driver import button, idle, verdict

BUDGETS = (50, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000)
SIDE = 320


def sharpening(path: Path) -> None:
    """The same run read at rising budgets, on the last one's colour scale."""
    sample = next(iter(draw_samples(1, seed=0)))
    photo = read_photo(png(sample.rgb))
    run = Explainer(load_model(), photo, ExplainSettings("blur", 31, max_evals=BUDGETS[-1]))
    run.advance()
    limit = own_limit(run.explanation().values)
    picture = display_picture(photo.rgb, SIDE)
    frames = []
    for budget in BUDGETS:
        image = Image.fromarray(overlay(picture, run.explanation(budget).values, limit))
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, SIDE - 22, 150, SIDE), fill=(20, 20, 20))
        draw.text((8, SIDE - 17), f"{budget} evaluations", fill=(255, 255, 255))
        frames.append(image.quantize(128, dither=Image.Dither.NONE))
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=[450] * (len(frames) - 1) + [2500],
        loop=0,
        optimize=True,
    )


def drawn_inspection(server: Server) -> str:
    """An inspection of drawn photos, judged by the bundled model, some decided on; its name in the records."""
    model = load_model()
    bridge = Inspection("Bridge 7, spring", "Bridge 7", "pier 2", "north face", "2026-03-01", "Ada Inspector")
    with open_records(server.records, person=lambda: "Ada Inspector") as records:
        inspection = records.add_inspection(bridge).inspection
        for sample in draw_samples(16, seed=4):
            path = server.photos / f"{sample.name}.png"
            path.write_bytes(png(sample.rgb))
            photo = read_photo(path)
            records.add_photo(inspection, PhotoFile.of(photo, path.read_bytes(), path))
            records.add_judgement(inspection, photo.sha256, Judgement.of_verdict(judge(model, photo), model))
        for photo in read_dossier(records, inspection).photos[:3]:
            if photo.machine in ("crack", "no-crack"):
                records.decide(inspection, photo.sha256, photo.machine)
    return inspection


def screenshots() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder) / "log.txt") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", *QUIET])

        def visit(address: str, height: int, **kwargs):
            page = browser.new_context(viewport={"width": 1366, "height": height}, **kwargs).new_page()
            page.set_default_timeout(600_000)
            page.goto(f"{server.address}/{address}")
            return page

        page = visit("?sample=3&masker=blur&blur_kernel=31&max_evals=1000&lang=en", 1560)
        verdict(page).wait_for()
        idle(page)
        button(page, "explain").click()
        button(page, "download-record").wait_for()
        idle(page)
        page.wait_for_timeout(1000)
        page.screenshot(path=DOCS / "photo.png")

        page = visit("compare?sample=3&lang=zh-Hant", 1180, color_scheme="dark")
        button(page, "compare").wait_for()
        idle(page)
        button(page, "compare").click()
        page.locator(".st-key-cancel-4").wait_for()
        page.locator(".st-key-cancel-4").wait_for(state="detached")
        page.get_by_role("img", name=re.compile("SHAP 圖")).nth(3).wait_for()
        idle(page)
        page.wait_for_timeout(1000)
        page.screenshot(path=DOCS / "compare.png")

        page = visit("model?lang=en", 1060)
        button(page, "reset").wait_for()
        idle(page)
        page.wait_for_timeout(1000)
        page.screenshot(path=DOCS / "model.png")

        page = visit(f"inspection?inspection={drawn_inspection(server)}&lang=en", 768)
        page.locator("[class*=st-key-tile-] img").nth(9).wait_for()
        idle(page)
        page.wait_for_timeout(2000)
        page.screenshot(path=DOCS / "inspection.png")
        browser.close()


if __name__ == "__main__":
    sharpening(DOCS / "sharpening.gif")
    screenshots()
