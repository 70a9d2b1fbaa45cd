"""Two people at work: one inspects, another signs; who may not is refused; and the way to the login and back."""

from __future__ import annotations

import re
import time

import pytest

from crackxai.cli import OK, main
from crackxai.inspection.records.audit import audit
from tests.browser.driver import button, idle
from tests.signin.visitors import as_if_at


def test_from_nobody_to_a_role(browser, site, capsys):
    """Nothing is shown before the login, and nothing without a role; the first administrator is made in a terminal."""
    there = browser()
    there.open(f"inspection?inspection={site.inspection}")
    there.ready()
    assert "Log in" in there.text()
    assert "Bridge 7" not in there.text()
    there.press_log_in()
    there.tell_provider("root")
    assert "You have no role yet" in there.text()
    assert "Rita Root <root@example.org>" in there.text()
    assert site.issuer in there.text()
    assert "Bridge 7" not in there.text()
    assert main(["people", "grant", "root@example.org", "administrator", "--db", str(site.place)]) == OK
    assert "Rita Root <root@example.org>: administrator from now on" in capsys.readouterr().out
    there.page.reload()
    there.ready()
    assert "Bridge 7, spring" in there.text()
    assert f"inspection={site.inspection}" in there.page.url  # where it was before the login
    with site.records() as records:
        assert records.refusals()[-1].said.action == "look"


def test_one_inspects_and_another_signs(people, site):
    ada = people("ada", "inspector")
    ada.inspection()
    ada.page.locator("[class*=st-key-look-] button").first.click()
    idle(ada.page)
    ada.page.locator("[class*=st-key-decide-crack-] button").first.click()
    idle(ada.page)
    ada.part("Sign-off and report")
    assert "This takes the role of reviewer or a higher one; yours is inspector." in ada.text()
    assert not ada.page.locator(".st-key-sign-off button").count()
    with site.records() as records:
        (decision,) = records.current_decisions(site.inspection)
        assert decision.said.who == "Ada Lovelace <ada@example.org>"
        assert decision.account
        assert records.sign_offs(site.inspection) == ()

    # Also a reviewer does not sign what is their own.
    site.give("ada", "reviewer")
    ada.page.reload()
    ada.ready()
    ada.part("Sign-off and report")
    assert "Another person has to sign it" in ada.text()

    bob = people("bob", "reviewer")
    bob.inspection("Sign-off and report")
    bob.page.get_by_text("Sign although", exact=False).click()
    idle(bob.page)
    button(bob.page, "sign-off").click()
    bob.page.get_by_text("is signed.", exact=False).first.wait_for()
    with site.records() as records:
        (signed,) = records.sign_offs(site.inspection)
        assert signed.row.said.who == "Bob Reviewer <bob@example.org>"
        assert signed.valid
        assert audit(records.database).fits


def test_a_viewer_looks_and_is_offered_nothing_else(people):
    vera = people("vera", "viewer")
    vera.inspection()
    assert "Bridge 7, spring" in vera.text()
    assert "Vera Viewer <vera@example.org> · viewer" in vera.text()
    parts = vera.page.locator(".st-key-inspection-part").inner_text()
    assert "Add photos" not in parts
    vera.page.locator("[class*=st-key-look-] button").first.click()
    idle(vera.page)
    decide = vera.page.locator("[class*=st-key-decide-] button")
    assert decide.count() >= 3
    assert all(not decide.nth(n).is_enabled() for n in range(decide.count()))
    vera.part("Sign-off and report")
    assert "This takes the role of reviewer or a higher one; yours is viewer." in vera.text()
    vera.open("inspection")
    vera.ready()
    assert not vera.page.locator(".st-key-begin-inspection").count()


def test_an_expired_session_goes_to_the_login_and_comes_back_where_it_was(people, site):
    vera = people("vera", "viewer")
    vera.inspection()
    as_if_at(vera, iat=time.time() - 13 * 3600, auth_time=time.time() - 13 * 3600)
    address = vera.page.url
    assert f"inspection={site.inspection}" in address
    vera.page.reload()
    # At once, and the provider asks who it is though it knows.
    vera.page.wait_for_url(re.compile(r"/login/"))
    vera.tell_provider("vera")
    assert vera.page.url == address
    assert "Bridge 7, spring" in vera.text()


def test_an_old_login_signs_only_after_another(people, site):
    with site.records() as records:
        from tests.inspection.records.facts import BRIDGE

        other = records.add_inspection(BRIDGE).inspection
    bob = people("bob", "reviewer")
    as_if_at(bob, auth_time=time.time() - 3600)
    bob.open(f"inspection?inspection={other}")
    bob.ready()
    bob.part("Sign-off and report")
    assert "Signing takes a login of the last 15 minutes" in bob.text()
    bob.page.locator(".st-key-log-in-to-sign-off button").click()
    bob.tell_provider("bob")
    assert f"inspection={other}" in bob.page.url
    bob.page.locator(".st-key-inspection-part").wait_for()
    bob.part("Sign-off and report")
    assert button(bob.page, "sign-off").is_enabled()


def test_who_logged_out_is_out_with_a_copy_of_the_cookie_too(people, browser, site):
    vera = people("vera", "viewer")
    vera.inspection()
    kept = vera.context.cookies()
    vera.page.locator(".st-key-log-out button").click()
    vera.page.locator(".st-key-log-in-default button").wait_for()
    thief = browser()
    thief.context.add_cookies(kept)
    thief.open(f"inspection?inspection={site.inspection}")
    thief.ready()
    assert "Log in" in thief.text()
    assert "Bridge 7" not in thief.text()


def test_an_administrator_gives_roles_on_the_page(people, site):
    root = people("root", "administrator")
    people("eve", None)
    root.open("people")
    root.ready()
    assert "Eve Nobody <eve@example.org>" in root.text()
    card = root.page.locator("[class*=st-key-person-]").filter(has_text="Eve Nobody")
    card.get_by_role("combobox").click()
    root.page.get_by_role("option", name="viewer", exact=True).click()
    root.page.get_by_text(": viewer from now on.").wait_for()
    idle(root.page)  # until then, what moved down stands there twice
    with site.records() as records:
        assert [p.role for p in records.people() if p.who.startswith("Eve")] == ["viewer"]
    card = root.page.locator("[class*=st-key-person-]").filter(has_text="Rita Root")
    card.get_by_role("combobox").click()
    root.page.get_by_role("option", name="viewer", exact=True).click()
    root.page.get_by_text("This is the last administrator").wait_for()


@pytest.mark.parametrize("width", [1366, 390])
def test_the_way_in_fits_and_speaks_both_languages(browser, width):
    there = browser(width=width, locale="zh-TW")
    there.open()
    there.ready()
    assert "登入" in there.text()
    assert there.page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
