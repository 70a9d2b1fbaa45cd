"""No text outside the catalogues, and both of them complete."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from crackxai.texts import LANGUAGES, catalogue
from crackxai.ui.text import _of_browser

ROOT = Path(__file__).parent.parent.parent
UI = [ROOT / "app.py", *sorted(ROOT.glob("pages/*.py")), *sorted(ROOT.glob("crackxai/ui/*.py"))]
UI += sorted(ROOT.glob("crackxai/inspection/*.py"))
for name in ("jobs.py", "budget.py"):  # know no page: what they say are `Message`s
    UI.remove(ROOT / "crackxai" / "ui" / name)
ALL = [*UI, *sorted((ROOT / "crackxai").rglob("*.py"))]


def facts(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def strings(path: Path) -> list[ast.Constant]:
    """String constants of a module that are no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documentation = {
        id(node.value)
        for parent in ast.walk(tree)
        if isinstance(parent, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        for node in parent.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    # Styles between the tags of HTML are split at each value that is filled in.
    markup = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) and "<" in ast.unparse(node)
        for part in node.values
    }  # fmt: skip
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation | markup
    ]


def test_the_catalogues_have_the_same_texts_with_the_same_facts():
    first, *others = (catalogue(language) for language in LANGUAGES)
    for other in others:
        assert first.keys() == other.keys()
        for name in first:
            assert facts(first[name]) == facts(other[name]), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language):
    assert all(text.strip() for text in catalogue(language).values())


def test_the_chinese_texts_are_chinese():
    """Each has Chinese characters, but for names, numbers and symbols."""
    names = {"format.", "masker.inpaint", "guide.keys", "glossary.max-evals", "model.auc", "glossary.auc", "maps.map"}
    for name, text in catalogue("zh-Hant").items():
        if not any(name.startswith(prefix) for prefix in names):
            assert re.search(r"[\u4e00-\u9fff]", text), name


def test_bold_text_is_closed_where_markdown_closes_it():
    """After punctuation, ** before a letter opens instead of closing."""
    for name, text in catalogue("zh-Hant").items():
        marks = [m.start() for m in re.finditer(r"\*\*", text)]
        assert len(marks) % 2 == 0, name
        for close in marks[1::2]:
            before, after = text[close - 1], text[close + 2 : close + 3]
            assert before not in "。：，、）」？！.:" or not after or not after.isalnum(), name


def test_every_text_is_used_and_every_text_that_is_used_is_there():
    constants = {node.value for path in ALL for node in strings(path)}
    dynamic = {
        node.values[0].value
        for path in ALL
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and "." in node.values[0].value
    }
    known = catalogue("en")
    assert not [name for name in known if name not in constants and not name.startswith(tuple(dynamic))]
    sections = {name.split(".")[0] for name in known}
    used = {
        node.args[0].value
        for path in UI
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t" and isinstance(node.args[0], ast.Constant)
    }
    assert used
    assert used <= known.keys()
    assert {name.split(".")[0] for name in used} <= sections


@pytest.mark.parametrize("path", UI, ids=lambda p: p.name)
def test_no_text_outside_the_catalogues(path):
    """No constant reads like a sentence: two words of letters with a space between."""
    for node in strings(path):
        found = re.search(r"[A-Za-z]{2,}[,.:]? [A-Za-z]{2,}", node.value)
        assert not found or "<" in node.value, (path.name, node.lineno, node.value)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh", "zh-Hant"),
        ("de-DE", "en"),
        (None, "en"),
        ("en-US", "en"),
    ],
)
def test_the_browsers_language(locale, expected):
    assert _of_browser(locale) == expected


def test_messages_of_lower_rooms_have_their_texts():
    """Every `Message` has the facts that its texts ask for, and says the same in English."""
    import numpy as np

    from crackxai import PhotoError, read_photo
    from tests.photo.tiffs import one

    with pytest.raises(PhotoError) as caught:
        read_photo(b"", "wall.jpg")
    words = caught.value.message
    assert words.name == "photo-error.empty"
    assert catalogue("en")[words.name].format(**words.facts) == str(words)
    assert "wall.jpg" in catalogue("zh-Hant")[words.name].format(**words.facts)
    note = read_photo(one(np.linspace(0, 0.9, 1600, dtype=np.float32).reshape(40, 40))).notes[0]
    assert "0.9" in catalogue("zh-Hant")[note.name].format(**note.facts)


@pytest.mark.parametrize("name", [name for name in catalogue("en") if name.startswith(("photo-error", "photo-note"))])
def test_photo_messages_are_used_with_the_facts_they_name(name):
    source = "".join(path.read_text("utf-8") for path in (ROOT / "crackxai" / "photo").glob("*.py"))
    assert name.split(".")[1] in source
    given = set(re.findall(r"(\w+)=", source)) | {"name"}
    assert facts(catalogue("en")[name]) <= given
