"""The words of pages and reports, by language; they are in the catalogues. Knows no Streamlit."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from crackxai.errors import Message

LANGUAGES = {"en": "English", "zh-Hant": "正體中文"}
"""BCP 47 tags of the catalogues, and the languages' own names."""
DEFAULT = "en"
CATALOGUES = Path(__file__).parent / "ui" / "catalogues"


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Flat: ``section.name`` -> template with ``{facts}``."""
    with (CATALOGUES / f"{language}.toml").open("rb") as file:
        sections = tomllib.load(file)
    return {f"{section}.{name}": text for section, texts in sections.items() for name, text in texts.items()}


@dataclass(frozen=True)
class Texts:
    """The texts of one language, called by their names.

    Attributes
    ----------
    language : of `LANGUAGES`.
    marked : whether bold text keeps its Markdown, which HTML and terminals do not read.

    >>> Texts("en")("photos.sample", number=3)
    'Sample 3'
    """

    language: str = DEFAULT
    marked: bool = True

    def __call__(self, name: str, /, **facts: object) -> str:
        """The text of that name, with its facts filled in."""
        template = self.template(name)
        return (template if self.marked else template.replace("**", "")).format(**facts)

    def template(self, name: str) -> str:
        """The text of that name as it is in the catalogue."""
        return catalogue(self.language)[name]

    def unmarked(self) -> Texts:
        """The same texts without Markdown."""
        return replace(self, marked=False)

    def message(self, text: str) -> str:
        """A message of the lower rooms: in this language where it is one of their `Message`, else as it is."""
        if not isinstance(text, Message) or text.name not in catalogue(self.language):
            return str(text)
        facts = {name: self.message(fact) if isinstance(fact, str) else fact for name, fact in text.facts.items()}
        return self(text.name, **facts)
