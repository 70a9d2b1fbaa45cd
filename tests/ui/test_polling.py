"""What a part of the page that follows a run may not do to the rest of it."""

from crackxai.ui import guide_page, polling
from tests.apps import app_at, explained, press


def test_a_run_that_ends_while_a_click_is_handled_does_not_lose_the_click(monkeypatch):
    """The followed example stands above the button: a rerun at once would never come to the button."""
    small = {
        name: tuple((number, settings.__class__("mean", max_evals=50)) for number, settings in examples)
        for name, examples in guide_page.EXAMPLES.items()
    }
    monkeypatch.setattr(guide_page, "EXAMPLES", small)
    monkeypatch.setattr(guide_page, "READ_AT", {})
    app = app_at("pages/guide.py")
    first, *_, last = small
    press(app, f"show-{first}")
    collect, then = (
        polling.runs.collect,
        [True, False],
    )  # from the end: the page's own look at its beginning comes first

    def ends_now() -> bool:
        return collect() or bool(then and then.pop())

    monkeypatch.setattr(polling.runs, "collect", ends_now)
    drawn = []
    leave = polling.rerun_wanted

    def ended() -> bool:
        wanted = leave()
        drawn.append(wanted)
        return wanted

    monkeypatch.setattr(polling, "rerun_wanted", ended)
    press(app, f"show-{last}")
    explained(app)
    assert app.session_state[guide_page._STARTED].keys() == {first, last}
    assert True in drawn  # the page was drawn anew, once it had come to its end
    assert not drawn[-1]
