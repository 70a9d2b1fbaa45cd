"""What a map is worth: the answers in a row, their details on demand."""

from __future__ import annotations

import pytest

from crackxai.ui import map_worth, state
from tests.apps import EN, app_at, explained, press, set_keys, texts, wait_for
from tests.ui.test_faithfulness_panel import ended, jobs_of

pytestmark = pytest.mark.usefixtures("fresh_results")


def at_a_map(**query: str):
    app = app_at("app.py", sample="7", masker="mean", **query)
    set_keys(app, max_evals=100)
    press(app, "explain")
    return explained(app)


def row(app) -> list[str]:
    (group,) = [each for each in app.get("button_group") if each.key == map_worth.KEY]
    return [option.content for option in group.proto.options]


def test_the_answers_stand_there_and_details_come_when_they_are_asked_for():
    app = at_a_map()
    total, hidden, settled, true = row(app)
    assert total.startswith("Sum +")
    assert total.endswith(" points")
    assert hidden.startswith("Hidden photo ")
    assert hidden.endswith(" %")
    assert settled in {EN[f"worth.settled-{each}"] for each in ("converged", "nearly", "moving")}
    assert true == EN["worth.true-untested"]
    titles = EN["numbers.always"], EN["convergence.title"], EN["faithfulness.title"], "Baseline check"
    assert not any(title in texts(app) for title in titles)
    for name, title in zip(("sum", "settled", "true", "hidden"), titles, strict=True):
        set_keys(app, worth=name)
        assert [each for each in titles if each in texts(app)] == [title]
    set_keys(app, worth=None)
    assert not any(title in texts(app) for title in titles)


def test_a_hidden_photo_that_reads_as_cracked_is_told_unasked(monkeypatch):
    monkeypatch.setattr(state, "decision", lambda model: (1e-9, 0.0))  # every base value is above the threshold
    app = at_a_map()
    assert row(app)[1].startswith("◆ Hidden photo")
    assert "itself reads as cracked" in texts(app)


def test_the_row_tells_how_the_test_of_the_map_went():
    app = at_a_map()
    set_keys(app, worth="true")
    press(app, "test-map")
    wait_for(lambda: all(job.explainer.evaluations for job in jobs_of(app).values()))
    ended(app)
    assert row(app)[-1] in {EN[f"worth.true-{each}"] for each in ("better", "mixed", "little", "fill-disagrees")}


def test_a_method_that_hides_nothing_has_no_answers_about_that():
    app = at_a_map()
    set_keys(app, worth="hidden")
    set_keys(app, method="cam")
    press(app, "explain")
    explained(app)
    assert [words.split()[0] for words in row(app)] == ["Sum", "True"]
    assert "Baseline check" not in texts(app)


def test_while_the_map_is_made_nothing_is_said_of_its_end():
    app = app_at("app.py", sample="7", masker="mean")
    set_keys(app, max_evals=20_000)
    press(app, "explain")
    (job,) = app.session_state[state._JOBS].values()
    wait_for(lambda: job.evaluations >= 50)
    app.run()
    assert [words.split()[0] for words in row(app)] == ["Sum", "Hidden"]
    press(app, "cancel")
    explained(app)
