"""No text outside the catalogues, and both of them complete."""

from __future__ import annotations

import ast
import functools
import re
import string
from collections.abc import Iterable
from pathlib import Path

import pytest

from crackxai.explain.maskers import MASKERS
from crackxai.explain.methods import METHODS, asked_parameters
from crackxai.texts import LANGUAGES, catalogue
from crackxai.ui.text import _of_browser

ROOT = Path(__file__).parent.parent.parent
UI = [ROOT / "app.py", *sorted(ROOT.glob("pages/*.py")), *sorted(ROOT.glob("crackxai/ui/*.py"))]
UI += sorted(ROOT.glob("crackxai/inspection/*.py"))
# These know no page: what they say are `Message`s.
for name in (
    "ui/job.py", "ui/jobs.py", "ui/budget.py", "inspection/scan.py", "inspection/tiling.py", "inspection/wall_scale.py",
    "inspection/originals.py", "inspection/decided_folder.py", "inspection/source_errors.py",
    "ui/watching.py",  # for the owner, who reads English metrics in a terminal
):  # fmt: skip
    UI.remove(ROOT / "crackxai" / name)
ALL = [*UI, *sorted((ROOT / "crackxai").rglob("*.py"))]
REGISTRIES = {"METHODS": [*METHODS, *(each.name for each in asked_parameters())], "MASKERS": MASKERS}


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


def text_patterns(path: Path) -> list[re.Pattern[str]]:
    """Of the names that a module puts together, ``f"model.{name}-help"``: what is filled in is a group each."""
    return [
        re.compile("".join(re.escape(v.value) if isinstance(v, ast.Constant) else "(.+)" for v in node.values))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and re.fullmatch(r"[a-z-]+\.[a-z-]*", node.values[0].value)
    ]


@functools.cache
def words(path: Path) -> set[str]:
    """What a module can fill in: its string constants, names of parameters and of fields, words of its scripts, and the
    names in the registries that it reads."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = {node.value for node in strings(path)}
    named = {
        name
        for node in ast.walk(tree)
        for name in (getattr(node, "arg", None), getattr(getattr(node, "target", None), "id", None))
        if name
    }
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    named |= {name for registry in REGISTRIES if registry in read for name in REGISTRIES[registry]}
    scripts = (path.with_name(name).read_text("utf-8") for name in constants if re.fullmatch(r"\w+\.js", name))
    return constants | named | {word for script in scripts for word in re.findall(r"[\"'`]([a-z-]+)[\"'`]", script)}


@functools.cache
def near(path: Path) -> tuple[Path, ...]:
    """The module itself and those of the package that it imports."""
    found = [path]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("crackxai"):
            names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            found += [file for name in names if (file := ROOT / f"{name.replace('.', '/')}.py").is_file()]
    return tuple(dict.fromkeys(found))


def unused(names: Iterable[str]) -> list[str]:
    """Names of texts that nothing asks for: no module has them as they are, and none that puts names together like
    them has the words for it, itself or one import away (its callers' words count where they import it)."""
    constants = {value for path in ALL for value in words(path)}
    callers = {path: {other for other in ALL if path in near(other)} for path in ALL}
    makers = [
        (pattern, {word.replace(" ", "-") for file in {*near(path), *callers[path]} for word in words(file)})
        for path in ALL
        for pattern in text_patterns(path)
    ]

    def is_made(name: str) -> bool:
        return any(
            found and given.issuperset(found.groups())
            for pattern, given in makers
            for found in [pattern.fullmatch(name)]
        )

    return [name for name in names if name not in constants and not is_made(name)]


def test_every_text_is_used():
    assert unused(catalogue("en")) == []


def test_a_text_that_is_not_used_is_told_whichever_family_it_is_of():
    """One more beside each text; a test that cannot tell them would be of no use."""
    more = [f"{name}-gone" for name in catalogue("en")]
    assert unused(more) == more


def test_every_text_that_is_used_is_there():
    known = catalogue("en")
    used = {
        node.args[0].value
        for path in UI
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t" and isinstance(node.args[0], ast.Constant)
    }
    assert used
    assert used <= known.keys()


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


def test_messages_of_lower_rooms_can_be_said_in_every_language():
    """Whatever is written out as a `Message`, with the facts that it has."""
    said = {
        node.args[0].value: ast.literal_eval(node.args[1])
        for path in (ROOT / "crackxai").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Message"
        and all(isinstance(each, ast.Constant) for each in node.args)
    }
    assert len(said) > 50
    for language in LANGUAGES:
        texts = catalogue(language)
        assert [
            name for name, template in said.items() if name not in texts or facts(texts[name]) > facts(template)
        ] == []


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


def said(where: str) -> list[BaseException]:
    """What is raised for settings out of range, and a photo without a marker."""
    import numpy as np

    from crackxai import CrackXAIError, Photo, ScanSettings, WallScale
    from crackxai.inspection.marker_sheet import marker_sheet
    from crackxai.inspection.tiling import Tiling

    nothing = Photo(np.zeros((40, 40, 3), dtype=np.uint8), "wall.png", "0" * 64, (40, 40), "PNG")
    calls = {
        "finest": lambda: ScanSettings(finest=0),
        "threshold": lambda: ScanSettings(threshold=2),
        "tiles": lambda: Tiling.of(40, 40, 41),
        "mm-per-pixel": lambda: WallScale.of_number(0),
        "known-length": lambda: WallScale.of_length((0, 0), (100, 0), -1),
        "points": lambda: WallScale.of_length((0, 0), (1, 0), 10),
        "marker-side": lambda: WallScale.of_marker(nothing, 0),
        "no-marker": lambda: WallScale.of_marker(nothing, 50),
        "sheet-side": lambda: marker_sheet(5),
        "sheet-number": lambda: marker_sheet(50, 600),
    }
    with pytest.raises(CrackXAIError) as caught:
        calls[where]()
    return [caught.value]


@pytest.mark.parametrize("name", [name for name in catalogue("en") if name.startswith("scan-error.")])
def test_messages_about_scans_can_be_said_in_every_language(name):
    (error,) = said(name.partition(".")[2])
    assert error.message.name == name
    assert catalogue("en")[name].format(**error.message.facts) == str(error)
    assert re.search(r"[\u4e00-\u9fff]", catalogue("zh-Hant")[name].format(**error.message.facts))


@pytest.mark.parametrize(
    "name", [name for name in catalogue("en") if name.startswith(("photo-error", "photo-note", "photo-kind"))]
)
def test_photo_messages_are_used_with_the_facts_they_name(name):
    source = "".join(path.read_text("utf-8") for path in (ROOT / "crackxai" / "photo").glob("*.py"))
    assert name.split(".")[1] in source
    given = set(re.findall(r"(\w+)=", source)) | {"name"}
    assert facts(catalogue("en")[name]) <= given
