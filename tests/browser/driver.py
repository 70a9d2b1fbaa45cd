"""What an engineer does on the pages, in a few words."""

from __future__ import annotations

import re

from crackxai.ui.runs import BUDGETS

SECONDS = 1000


def idle(page) -> None:
    """Until the server has answered the last click."""
    page.wait_for_timeout(300)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    # What is left of the page before is pale until it goes.
    page.wait_for_function("!document.querySelector('[data-stale=true]')")


def still(page) -> None:
    """Until nothing fades any more: a text that is halfway there has too little contrast for a moment."""
    page.wait_for_function(
        """document.getAnimations().every(each => each.playState !== "running"
            || each.effect.getComputedTiming().endTime === Infinity)"""
    )


def button(page, key: str):
    # One with a tooltip is there twice, for pointers and for fingers.
    return page.locator(f".st-key-{key} button:visible").first


def choose_sample(page, number: int) -> None:
    button(page, f"sample-{number}").click()
    verdict(page).wait_for()
    idle(page)


def verdict(page):
    # While the page changes, that of the photo before is there too.
    return page.get_by_role("heading", name=re.compile(r"(No crack|Crack|Needs review) · .*%")).first


def choose_evaluations(page, count: int) -> None:
    """By keyboard."""
    thumb = page.get_by_role("slider", name="Model evaluations (max_evals)")
    thumb.focus()
    thumb.press("Home")
    for _ in range(BUDGETS.index(count)):
        thumb.press("ArrowRight")
    idle(page)


def choose_masker(page, name: str) -> None:
    group = page.locator(".st-key-masker")
    group.get_by_role("radio", name=name).or_(group.get_by_role("button", name=name)).first.click()
    idle(page)


def explain(page) -> None:
    button(page, "explain").click()


def finished(page) -> None:
    """Until no explanation is under way."""
    button(page, "download-record").wait_for()
    idle(page)


def the_map(page):
    return page.get_by_role("img", name=re.compile("^SHAP map with"))


def download(page, name: str) -> bytes:
    with page.expect_download() as caught:
        button(page, f"download-{name}").click()
    with open(caught.value.path(), "rb") as file:
        return file.read()


def shows_no_trace(page) -> bool:
    return not page.locator("[data-testid=stException]").count() and "Traceback" not in page.inner_text("body")


def fits(page) -> bool:
    """No sideways scrolling."""
    return page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
