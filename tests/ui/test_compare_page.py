"""What the Compare page computes while a run goes on."""

from __future__ import annotations

from types import SimpleNamespace

from crackxai import ExplainSettings
from crackxai.ui import compare_page, resources
from crackxai.ui.runs import Run


def test_the_curve_of_a_running_run_is_made_anew_at_each_step_not_at_each_batch(monkeypatch):
    asked = []
    monkeypatch.setattr(resources, "convergence", lambda key, run, evaluations: asked.append(evaluations))
    for done in (50, 94, 100, 144, 194, 200, 294):
        compare_page._convergence(Run(None, SimpleNamespace(evaluations=done), object()))
    assert asked == [50, 50, 100, 100, 100, 200, 200]
    compare_page._convergence(Run(None, SimpleNamespace(evaluations=294), None))
    assert asked[-1] == 294


def test_every_masker_as_it_is_by_default_is_chosen_at_first():
    offered = compare_page.candidates()
    expected = [ExplainSettings(name) for name in ("inpaint_telea", "inpaint_ns", "blur", "mean")]
    assert [offered[place] for place in compare_page._usual(offered)] == expected
