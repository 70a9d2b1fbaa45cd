"""Languages and addresses of the Photo page, without a browser."""

from __future__ import annotations

import json

import pytest

from crackxai.texts import catalogue
from crackxai.ui import links
from tests.apps import EN, address, app_at, item, press, texts, upload


@pytest.fixture
def app():
    return app_at("app.py")


def test_in_chinese(app):
    press(app, "sample-1")
    app.segmented_control(key="language").set_value("zh-Hant").run()
    assert not app.exception
    zh = catalogue("zh-Hant")
    assert zh["verdict.crack"] in app.header[0].value
    assert zh["controls.masker"] in [control.label for control in app.segmented_control]
    assert "?lang=zh-Hant&sample=1&" in address(app)
    upload(app, ("空.png", b""))
    assert "收到的是空檔案" in app.error[0].value
    # What was chosen is still chosen.
    assert item(app).sample == 1


def test_a_link_brings_everything_back():
    app = app_at("app.py", sample="3", masker="blur", blur_kernel="31", max_evals="750", lang="zh-Hant")
    assert item(app).sample == 3
    assert app.segmented_control(key="masker").value == "blur"
    assert app.slider(key="blur_kernel").value == 31
    assert app.select_slider(key="max_evals").value == 750
    assert catalogue("zh-Hant")["verdict.crack"] in app.header[0].value
    assert not app.warning


def test_the_parameters_of_others_are_kept():
    app = app_at("app.py", utm="a b&c", sample="3", ref="</script>")
    press(app, "sample-4")
    told = json.loads(address(app).rpartition(")(")[2].removesuffix(")</script>"))
    assert told["foreign"] == ["utm=a+b%26c", "ref=%3C%2Fscript%3E"]
    assert told["own"].startswith("?lang=en&sample=4")
    assert "sample" in told["ours"]


def test_what_a_link_asks_for_in_vain_is_told(monkeypatch):
    app = app_at("app.py", sample="99", masker="fog", max_evals="501", blur_kernel="4", lang="xx")
    told = "\n".join(warning.value for warning in app.warning)
    for value in ("99", "fog", "501", "4", "xx"):
        assert f"“{value}”" in told
    assert EN["photos.welcome"] in texts(app)
    monkeypatch.setattr(links, "TOLD_S", 0)
    press(app, "sample-1")
    assert app.segmented_control(key="masker").value == "inpaint_telea"
    assert not app.warning
    assert "?lang=en&sample=1&method=partition&masker=inpaint_telea&max_evals=500&regions=picture" in address(app)
