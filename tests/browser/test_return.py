"""Leaving the page and coming back: asked before, brought back after, by nobody else."""

from __future__ import annotations

import re

from tests.browser.conftest import Server
from tests.browser.driver import button, choose_sample, explain, idle, shows_no_trace, verdict

TAB = "sessionStorage.getItem('crackxai-session')"
LOST = re.compile(r"This tab had 2 photos of yours, which the server does not have any more")


def upload(page, files) -> None:
    page.locator("input[type=file]").first.set_input_files([str(path) for path in files])
    page.locator(".st-key-item-1").wait_for()
    verdict(page).wait_for()
    idle(page)


def questions(page) -> list[str]:
    """The dialogs to come, which are agreed to."""
    asked: list[str] = []

    def agree(dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", agree)
    return asked


def photos(page) -> set[str]:
    names = page.locator("[class*=st-key-item-]").evaluate_all(
        "all => all.map(item => item.parentElement.querySelector('img').alt)"
    )
    return set(names)


def test_a_reload_in_the_middle_of_a_run_loses_nothing(visit, sample_files):
    page = visit("?masker=mean&max_evals=20000&lang=en")
    asked = questions(page)
    upload(page, sample_files[:2])
    had = photos(page)
    assert len(had) == 2
    explain(page)
    page.get_by_text(re.compile("of 20,000 evaluations")).first.wait_for()
    before = page.evaluate(TAB)
    page.reload()
    page.get_by_text(re.compile("of 20,000 evaluations")).first.wait_for()
    idle(page)
    assert asked == ["beforeunload"]
    assert photos(page) == had
    assert page.locator(".st-key-verdict").count() == 1
    assert before not in page.url
    assert page.evaluate(TAB) != before  # a token serves once
    # It goes on under the new page, for longer than the old one's connection is waited for.
    progress = page.get_by_text(re.compile(r"of 20,000 evaluations, \d+ evaluations/s")).first
    first = progress.inner_text()
    page.wait_for_timeout(12_000)
    assert progress.inner_text() != first
    button(page, "cancel").click()
    button(page, "cancel").wait_for(state="detached")
    # Another page knows them too, after a reload of its own.
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("heading", name="Compare").wait_for()
    idle(page)
    page.reload()
    page.get_by_role("img", name="nothing").wait_for(state="detached")
    page.locator(".st-key-compare").wait_for()
    page.wait_for_timeout(2000)
    idle(page)
    chosen = page.get_by_role("combobox", name="Photo").input_value()
    assert f"The photo {chosen}" in had
    assert shows_no_trace(page)


def test_another_browser_does_not_get_in(visit, sample_files):
    page = visit("?lang=en")
    upload(page, sample_files[:2])
    stored = page.evaluate(TAB)
    # With the address it has nothing; with a copy of the tab's storage it is told that it has nothing.
    other = visit(page.url.split("/", 3)[3])
    other.wait_for_timeout(2000)
    assert not photos(other)
    other.evaluate("stored => sessionStorage.setItem('crackxai-session', stored)", stored)
    other.reload()
    other.get_by_text(LOST).wait_for()
    idle(other)
    assert not photos(other)
    assert other.evaluate(TAB) is None
    # And took nothing away.
    questions(page)
    page.reload()
    page.locator(".st-key-item-1").wait_for()


def test_leaving_is_asked_only_while_something_would_be_lost(visit, sample_files):
    page = visit("?lang=en&masker=mean&max_evals=50")
    asked = questions(page)
    page.mouse.click(700, 20)  # browsers ask only who has used the page
    choose_sample(page, 2)
    page.reload()
    verdict(page).wait_for()
    idle(page)
    assert asked == []
    upload(page, sample_files[:2])
    explain(page)
    button(page, "download-record").wait_for()
    idle(page)
    with page.expect_download():
        button(page, "download-record").click()
    page.get_by_role("link", name="Guide").click()  # within the app nothing is lost
    page.get_by_role("heading", name="How to read a map").wait_for()
    assert asked == []
    idle(page)
    page.reload()
    page.get_by_role("heading", name="How to read a map").wait_for()
    assert asked == ["beforeunload"]
    idle(page)
    page.get_by_role("link", name="Photo").click()
    page.locator(".st-key-item-1").wait_for()
    for left in (1, 0):
        button(page, "remove").click()
        page.locator(f".st-key-item-{left}").wait_for(state="detached")
        idle(page)
    page.reload()
    page.locator("input[type=file]").first.wait_for(state="attached")
    assert asked == ["beforeunload"]


def test_photos_that_the_server_lost_are_told_and_not_replaced(visit, sample_files, tmp_path):
    with Server(tmp_path / "log.txt") as own:
        looking, comparing = (visit("?lang=en", address=own.address) for _ in range(2))
        asked = [questions(page) for page in (looking, comparing)]
        for page in (looking, comparing):
            upload(page, sample_files[:2])
        comparing.get_by_role("link", name="Compare").click()
        comparing.locator(".st-key-compare").wait_for()
        idle(comparing)
        # Until its first glance is there, the page asks for it, and would hear of the new server by that.
        looking.locator(".st-key-glance img").wait_for()
        looking.wait_for_timeout(1500)
        idle(looking)
        own.stop()
        looking.wait_for_timeout(500)
        own.start()
        # Untouched, and without a question: what could be lost is lost.
        for page in (looking, comparing):
            page.get_by_text(LOST).wait_for()
            idle(page)
        assert comparing.locator(".st-key-compare").count() == 0  # no sample in its place
        assert asked == [[], []]
        for page in (looking, comparing):
            page.context.close()
