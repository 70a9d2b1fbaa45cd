"""Reading a report as a browser would."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

import cv2
import numpy as np


class Page(HTMLParser):
    """Tags, attributes, tables (lists of rows of cells), records and text of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.tables: list[list[list[str]]] = []
        self.records: list[str] = []
        self.text = ""
        self._in = ""
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self._in = tag
        self.tags.add(tag)
        self.attributes += attributes
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag == "pre":
            self.records.append("")

    def handle_data(self, data):
        self.text += data
        if self._in in ("td", "th"):
            self.tables[-1][-1][-1] += data
        elif self._in == "pre":
            self.records[-1] += data

    def handle_endtag(self, tag):
        self._in = ""

    @property
    def images(self) -> list[np.ndarray]:
        found = [value.partition(",")[2] for name, value in self.attributes if name == "src"]
        return [cv2.imdecode(np.frombuffer(base64.b64decode(each), np.uint8), cv2.IMREAD_COLOR) for each in found]
