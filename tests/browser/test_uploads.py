"""Files that an engineer hands over: by chooser and by drop, whatever they are called, and what becomes of each."""

from __future__ import annotations

import http.server
import io
import re
import threading

import pytest
from PIL import Image

from crackxai.ui.text import catalogue
from tests.browser.driver import idle, shows_no_trace, verdict

EN, ZH = catalogue("en"), catalogue("zh-Hant")

DROP = """files => {
    const transfer = new DataTransfer();
    for (const [name, bytes, padding] of files) {
        transfer.items.add(new File([new Uint8Array(bytes), new Uint8Array(padding)], name));
    }
    return transfer;
}"""


def photo(index: int, kind: str) -> bytes:
    """A grey photo of its own, as a file of that format."""
    out = io.BytesIO()
    Image.effect_noise((96, 96), 40 + index).convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Names as cameras, phones and old programs give them."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    kinds = {
        "wall.jpg": "JPEG", "DSCF0001.HIF": "HEIF", "old.jfif": "JPEG", "one.jpe": "JPEG", "DJI_0001.MPO": "JPEG",
        "noending": "PNG",
    }  # fmt: skip
    return {name: photo(index, kind) for index, (name, kind) in enumerate(kinds.items())}


def taken(page) -> set[str]:
    """Names under the thumbnails."""
    names = page.locator("img[alt^='The photo ']").evaluate_all("all => all.map(image => image.alt)")
    return {name.removeprefix("The photo ") for name in names if not name.startswith("The photo with a frame")}


def problems(page) -> str:
    page.locator(".st-key-dismiss").wait_for()
    page.wait_for_timeout(1500)  # the browser's word and the server's may come one after the other
    idle(page)
    return page.locator("[data-testid=stAlert]").first.inner_text()


def test_every_name_is_taken_by_the_chooser_and_each_other_is_told(visit, files, tmp_path):
    page = visit()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7")
    for name, megabytes in (("large.jpg", 52), ("huge.tif", 130)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(megabytes * 2**20)
    names = [*files, "scan.pdf", "large.jpg", "huge.tif"]
    page.locator("input[type=file]").first.set_input_files([str(tmp_path / name) for name in names])
    page.get_by_text(re.compile("huge.tif: expected at most 50 MB, received")).wait_for()
    told = problems(page)
    assert "large.jpg: expected at most 50 MB, received 52.0 MB" in told
    assert "scan.pdf: expected a JPEG" in told
    assert taken(page) == set(files)
    assert shows_no_trace(page)
    # The next ones make the words about the last ones go.
    page.locator("input[type=file]").first.set_input_files(str(tmp_path / "wall.jpg"))
    page.get_by_text("wall.jpg was here already").wait_for()
    idle(page)
    assert "huge.tif" not in page.inner_text("body")


def test_every_name_is_taken_by_drop_and_each_other_is_told_in_chinese(visit, files):
    page = visit("?lang=zh-Hant")
    rows = [[name, list(data), 0] for name, data in files.items()]
    rows += [["notes.txt", list(b"not a photo"), 0], ["large", [], 52 * 2**20], ["huge.jpg", [], 130 * 2**20]]
    transfer = page.evaluate_handle(DROP, rows)
    page.locator("[data-testid=stFileUploaderDropzone]").dispatch_event("drop", {"dataTransfer": transfer})
    page.get_by_text(re.compile("huge.jpg：最大 50 MB，收到")).wait_for()
    told = problems(page)
    assert "large：最大 50 MB，收到 52.0 MB" in told
    assert "notes.txt：應為" in told
    names = page.locator("img[alt^='照片 ']").evaluate_all("all => all.map(image => image.alt)")
    assert {name.removeprefix("照片 ") for name in names} == set(files)


def answering(status: int):
    """A server, or a proxy before it, that takes no upload."""
    return lambda route: route.fulfill(status=status)


def test_a_file_that_the_server_never_got_is_told(visit, files):
    page = visit("?lang=en")
    for status, words in ((413, "a proxy in between accepts smaller files only"), (403, "the server refused it")):
        page.route("**/_stcore/upload_file/**", answering(status))
        page.locator("input[type=file]").first.set_input_files(
            {"name": f"photo{status}.jpg", "mimeType": "image/jpeg", "buffer": files["wall.jpg"]}
        )
        page.get_by_text(re.compile(f"photo{status}.jpg: .*{words}")).wait_for()
        idle(page)
        page.unroute_all()
    assert page.get_by_role("link", name=EN["upload.own-tab"]).count() == 1
    page.route("**/_stcore/upload_file/**", lambda route: route.abort())
    page.locator("input[type=file]").first.set_input_files(
        {"name": "cut.jpg", "mimeType": "image/jpeg", "buffer": files["wall.jpg"]}
    )
    page.get_by_text(re.compile("cut.jpg: did not arrive")).wait_for()
    idle(page)
    # After all that, the uploader works.
    page.unroute_all()
    page.locator("input[type=file]").first.set_input_files(
        {"name": "fine.jpg", "mimeType": "image/jpeg", "buffer": files["wall.jpg"]}
    )
    verdict(page).wait_for()
    idle(page)
    assert taken(page) == {"fine.jpg"}


@pytest.fixture
def host(server):
    """Another site that shows the app in a frame; its address."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            frame = f"<iframe src='{server.address}/?lang=en' style='width:95vw;height:90vh'></iframe>"
            self.wfile.write(f"<!doctype html><title>host</title>{frame}".encode())

        def log_message(self, *args: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_inside_another_site_the_page_says_that_uploads_fail_and_what_to_do(chromium, host, files):
    page = chromium.new_page()
    page.goto(host)
    frame = page.frame_locator("iframe")
    frame.get_by_text("Uploads will be refused here").wait_for(timeout=90_000)
    link = frame.get_by_role("link", name=EN["upload.own-tab"])
    assert link.first.get_attribute("target") == "_blank"
    frame.locator("input[type=file]").first.set_input_files(
        {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": files["wall.jpg"]}
    )
    frame.get_by_text(re.compile("wall.jpg: the server refused it .403.")).wait_for(timeout=60_000)
    page.context.close()
