"""What Streamlit makes of Markdown: CommonMark with tables and strikethrough, and the steps that it adds."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Streamlit looks for these in the text that the parser leaves, whether it was escaped or not.
AFTERWARDS = {
    "address": re.compile(r"(https?://|www(?=\.))[-.\w]+\S*", re.IGNORECASE),
    "mail": re.compile(r"[-.\w+]+@[-\w]+(?:\.[-\w]+)+"),
    "shortcode": re.compile(r":[\w+/-]+:"),
    "arrow": re.compile(r"(?<!\S)(?:<->|->|<-|--|>=|<=|~=)(?!\S)"),
}
# And these in the source, as the parser would: what is escaped is none.
MATHS = re.compile(r"(?<!\\)\$")
DIRECTIVE = re.compile(r"(?<!\\):[a-z][a-z0-9-]*\[")
USUAL = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak"}


def _leaves(tokens: list[Token]) -> list[Token]:
    return [leaf for token in tokens for leaf in ([token, *_leaves(token.children)] if token.children else [token])]


def active(source: str) -> list[str]:
    """Every construct of ``source`` that is more than text, by name."""
    leaves = _leaves(PARSER.parse(source))
    found = [token.type for token in leaves if token.type not in USUAL]
    for token in leaves:
        if token.type == "text":
            found += [name for name, pattern in AFTERWARDS.items() if pattern.search(token.content)]
    unescaped = source.replace("\\\\", "")
    found += ["maths"] * bool(MATHS.search(unescaped)) + ["directive"] * bool(DIRECTIVE.search(unescaped))
    return found


def visible(source: str) -> str:
    """The text that is read, without what has no width."""
    parts = (token.content if token.type == "text" else " " for token in _leaves(PARSER.parse(source))
             if token.type in ("text", "softbreak"))  # fmt: skip
    return "".join(parts).replace("\N{WORD JOINER}", "")
