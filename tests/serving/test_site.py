"""Two servers on one PostgreSQL and one S3-compatible store, behind nginx with a base path and where TLS ends.

The browser tests need a Chromium and Playwright, as `tests/browser` does. The last test stops a server.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import Records, open_records
from tests.browser.driver import button, download, idle, verdict
from tests.inspection.photo_folders import drawn, photos
from tests.inspection.records import postgresql
from tests.served import Served
from tests.serving.deciders import Decider, check, decide_at_once
from tests.serving.needed import program
from tests.serving.site import Site, site

PHOTOS, DECIDERS, DECISIONS = 5, 10, 4
FAIL_TIMEOUT_S = 10
"""After which nginx tries a server again that did not answer; its default."""


@dataclass(frozen=True)
class Open:
    """A site, its records, opened here, and three inspections of the same photos in them."""

    site: Site
    records: Records
    inspections: tuple[str, ...]
    folder: Path


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory, postgresql_server, postgresql_template, s3_server, tiny_model, tiny_folder
) -> Iterator[Open]:
    program("nginx")
    import fsspec

    folder = tmp_path_factory.mktemp("site")
    with (
        pytest.MonkeyPatch.context() as patched,
        postgresql.database(postgresql_server, postgresql_template) as place,
    ):
        for name, value in {**s3_server, "CRACKXAI_STORE": "s3://site/copies"}.items():
            patched.setenv(name, value)
        fsspec.get_filesystem_class("s3").clear_instance_cache()
        fsspec.filesystem("s3").mkdir("site")
        with open_records(place) as records:
            names = [records.add_inspection(Inspection(f"Bridge {number}")).inspection for number in range(3)]
            wall = photos(folder / "wall", range(PHOTOS))
            for name in names:
                run = FolderRun(tiny_model, open_source(wall), records, name, FolderSettings(copy=True))
                run.advance()
                run.close()
            for photo in wall.iterdir():
                photo.unlink()  # copies alone are left
            with site(folder, place, tiny_folder) as running:
                yield Open(running, records, tuple(names), folder)


def test_decisions_of_many_at_once_are_all_there_and_each_in_its_place(opened):
    deciders = [Decider(number, opened.inspections[min(number, 2) - 1 if number else 0]) for number in range(DECIDERS)]
    with ThreadPoolExecutor(1) as thread:  # the browser of other tests has its loop in this one
        thread.submit(asyncio.run, decide_at_once(opened.site, deciders, 0.0, count=DECISIONS)).result()
    assert [len(decider.made) for decider in deciders] == [DECISIONS] * DECIDERS
    check(opened.records, deciders)
    found = audit(opened.records.database)
    assert found.fits, found.misfit
    told = (opened.folder / "access.log").read_text()
    for server in opened.site.servers:
        assert re.search(rf"^101 127\.0\.0\.1:{server.port} ", told, re.MULTILINE), "both servers had visitors"


@pytest.fixture
def visit(opened, chromium):
    """Open a page of the site; afterwards nothing may have been refused or asked elsewhere."""
    contexts, wrong = [], []

    def open_page(path: str, width: int = 1366):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, ignore_https_errors=True, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.on("response", lambda answer: wrong.append((answer.status, answer.url)) if refused(answer) else None)
        page.on("request", lambda r: None if r.url.startswith(ours(opened)) else wrong.append(("foreign", r.url)))
        page.on("pageerror", lambda error: wrong.append(("error", str(error))))
        page.goto(f"{opened.site.address}{path}")
        page.locator(".st-key-language").wait_for(state="attached")
        idle(page)
        return page

    def refused(answer) -> bool:
        # Streamlit's page finds the app's base by asking below its own address first.
        return answer.status >= 400 and "/inspection/_stcore/" not in answer.url

    yield open_page, wrong
    for context in contexts:
        context.close()


def ours(opened: Open) -> tuple[str, ...]:
    return opened.site.address, "data:", "blob:"


def test_a_browser_uploads_sees_pictures_downloads_and_follows_links(visit, opened, tmp_path):
    open_page, wrong = visit
    page = open_page("/?lang=en&masker=mean&max_evals=50")
    path = tmp_path / "wall.png"
    path.write_bytes(drawn(7))
    page.locator("input[type=file]").first.set_input_files(str(path))
    verdict(page).wait_for()
    idle(page)
    pictures = page.locator("img[src*='/cracks/media/']")
    assert pictures.count() > 0
    assert pictures.first.evaluate("image => image.complete && image.naturalWidth > 0")
    button(page, "explain").click()
    button(page, "download-record").wait_for()
    idle(page)
    assert json.loads(download(page, "record"))["photo"]["name"] == "wall.png"
    page.get_by_role("link", name="Inspection").first.click()
    page.wait_for_url(re.compile(r"/cracks/inspection\?"))
    idle(page)
    assert wrong == []


def test_a_page_is_opened_by_its_address_and_shows_copies_out_of_the_store(visit, opened):
    open_page, wrong = visit
    for width in (1366, 390):
        page = open_page(f"/inspection?lang=en&inspection={opened.inspections[2]}", width)
        page.get_by_text("Bridge 2").first.wait_for()
        pictures = page.locator(".st-key-gallery img")
        pictures.nth(PHOTOS - 1).wait_for()
        assert pictures.first.evaluate("image => image.src.includes('/cracks/media/') && image.naturalWidth > 0")
    assert wrong == []


def test_a_page_goes_on_by_itself_on_the_other_server(visit, opened):
    """Without a reload: the browser's side of Streamlit connects again, and finds a server that does not know it."""
    open_page, _ = visit
    inspection, records = opened.inspections[2], opened.records
    page = open_page(f"/inspection?lang=en&inspection={inspection}")
    page.locator(".st-key-gallery img").nth(PHOTOS - 1).wait_for()
    before = len(records.decisions(inspection))
    page.locator("[class*=st-key-look-] button").first.click()
    first = shown(page)
    decide_on(first, page, records, inspection)
    second = shown(page)
    assert second != first
    assert f"inspection={inspection}&photo={second}" in page.url
    holder, other = sorted(opened.site.servers, key=connections, reverse=True)
    assert connections(other) == 0
    holder.kill()
    until(lambda: connections(other) > 0)
    page.wait_for_function("!document.querySelector('[role=dialog]')")
    assert shown(page) == second
    assert f"inspection={inspection}&photo={second}" in page.url
    assert "Bridge 2" in page.inner_text("body")
    decide_on(second, page, records, inspection)
    third = shown(page)
    made = records.decisions(inspection)[before:]
    assert [str(row.sha256)[:12] for row in made] == [first, second]
    # The first one is there again, and knows nothing of this page: nginx leaves the page with the other one.
    with empty_server(holder.port) as asked:
        page.wait_for_timeout(1000 * FAIL_TIMEOUT_S + 500)
        button(page, f"step-next-{third}").click()
        page.wait_for_function("was => !document.querySelector(`.st-key-step-next-${was}`)", arg=third)
        idle(page)
        picture = page.locator("main img[src*='/cracks/media/']").first
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
        assert asked == []
    page.reload()
    page.get_by_text("Bridge 2").first.wait_for()
    idle(page)
    assert shown(page) not in (first, second, third)
    assert len(records.decisions(inspection)) == before + 2
    assert audit(records.database).fits


def shown(page) -> str:
    """The beginning of the SHA-256 of the photo that is looked at."""
    page.locator("[class*=st-key-decide-crack-] button:visible").first.wait_for()
    idle(page)
    name = page.locator("[class*=st-key-decide-crack-]").first.get_attribute("class")
    photo = re.search(r"decide-crack-([0-9a-f]{12})", name or "")
    assert photo is not None
    return photo[1]


def decide_on(photo: str, page, records: Records, inspection: str) -> None:
    """As the machine says, so that nothing more is asked."""
    said = next(row.said.verdict for row in records.judgements(inspection) if str(row.sha256).startswith(photo))
    button(page, f"decide-{said}-{photo}").click()
    page.wait_for_function("was => !document.querySelector(`.st-key-decide-crack-${was}`)", arg=photo)


def connections(server: Served) -> int:
    """That nginx holds open: a page's."""
    found = psutil.Process(server.pid).net_connections("inet")
    own = [each for each in found if each.laddr.port == server.port and each.status == psutil.CONN_ESTABLISHED]
    return len(own)


def until(there: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.1)


@contextlib.contextmanager
def empty_server(port: int) -> Iterator[list[str]]:
    """One that has nothing; what it is asked for."""
    asked: list[str] = []

    class Nothing(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Nothing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()
