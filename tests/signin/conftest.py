"""An OpenID Connect provider and the app in processes of their own, and people in browsers in front of them.

Skipped where a package or a Chromium is missing, unless CRACKXAI_SIGNIN=required, which makes that an error. The
provider's environment (`tests/signin/requirements.txt`) is that of the interpreter that CRACKXAI_OIDC_PYTHON names, or
this one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crackxai import read_photo
from crackxai.inspection.deciding import add_photo
from crackxai.inspection.records.records import open_records
from tests.browser.conftest import Server, chromium  # noqa: F401
from tests.inspection.records.facts import BRIDGE, CRACK
from tests.signin.visitors import Browser, Site, lacking, provided

REQUIRED = os.environ.get("CRACKXAI_SIGNIN") == "required"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory, sample_files) -> Iterator[Site]:
    if why := lacking():
        assert not REQUIRED, why
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("signin")
    app = Server(folder / "log.txt")
    with open_records(app.records) as records:
        inspection = records.add_inspection(BRIDGE).inspection
        for path in sample_files[:2]:
            add_photo(records, inspection, read_photo(path), path.read_bytes(), CRACK)
    with (
        provided(folder, app.address) as (issuer, cookie_secret, file),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("STREAMLIT_SECRETS_FILES", str(file))
        with app:
            yield Site(app.address, app.records, issuer, cookie_secret, inspection)


@pytest.fixture
def browser(chromium, site):  # noqa: F811
    """Open a browser: ``browser()``, or on a phone: ``browser(width=390)``."""
    contexts = []

    def start(width: int = 1366, height: int = 768, **kwargs) -> Browser:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **kwargs))
        return Browser(contexts[-1], site)

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def people(browser, site):
    """Open a browser of somebody who has logged in and has that role: ``people("ada", "inspector")``."""

    def come(name: str, role: str | None, **kwargs) -> Browser:
        there = browser(**kwargs)
        there.come(name)
        with site.records() as records:
            account = site.account(name)
            known = next(p.role for p in records.people() if (p.issuer, p.subject) == account)
        if known != role:
            site.give(name, role)
        return there

    return come
