"""The paper: type, headings, tables and pictures put on pages from top to bottom."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from typing import Literal

from fpdf import FPDF, ViewerPreferences
from fpdf.enums import TextMode

from crackxai import __version__
from crackxai.inspection.handover import typeface
from crackxai.texts import Texts

Paper = Literal["a4", "letter"]
PAPERS: dict[str, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""(width, height), millimetres."""
LEFT, RIGHT, TOP, BOTTOM = 18.0, 18.0, 24.0, 18.0
"""Margins, millimetres."""
POINT = 25.4 / 72
BODY, SMALL = 9.5, 8.0
"""Sizes of type, points."""
LEADING = 1.45
Colour = tuple[int, int, int]
INK, GREY, FAINT, LINE = (25, 28, 33), (95, 100, 110), (242, 243, 246), (205, 208, 214)
ACCENT: Colour = (30, 64, 110)
TOTAL = "{nb}"
"""Becomes the number of pages."""


class Sheet(FPDF):
    """A document of pages with a header and a footer.

    Parameters
    ----------
    name : of the inspection; state : whether it is signed; both stand in the header. mark : in the footer.
    made_at : ISO 8601, the date of the file.
    """

    def __init__(self, t: Texts, paper: str, name: str, state: str, mark: str, made_at: str) -> None:
        super().__init__("portrait", "mm", PAPERS[paper])
        self.t = t
        self._running = typeface.writable(name), typeface.writable(state), typeface.writable(mark)
        self.replaced = False
        self.add_font(typeface.NAME, "", typeface.FILE)
        self.set_auto_page_break(False)
        self.alias_nb_pages(TOTAL)
        self.set_lang(t.language)
        self.set_creation_date(datetime.datetime.fromisoformat(made_at))
        self.set_producer(f"CrackXAI {__version__}")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.y = TOP

    @property
    def room(self) -> float:
        """Width between the margins."""
        return float(self.w) - LEFT - RIGHT

    @property
    def end(self) -> float:
        """Where the last line of a page ends."""
        return float(self.h) - BOTTOM

    def header(self) -> None:
        name, state, _ = self._running
        wide = typeface.width(state, SMALL) * POINT
        (shown, *more) = typeface.lines(name, SMALL, (self.room - wide - 8) / POINT)
        self._text(LEFT, 12, shown + (" …" if more else ""), SMALL, GREY)
        self._text(float(self.w) - RIGHT - wide, 12, state, SMALL, GREY)
        self._rule(14.5)
        self.y = TOP

    def footer(self) -> None:
        _, _, mark = self._running
        low = float(self.h) - 9
        self._rule(low - 4.5)
        self._text(LEFT, low, mark, 7, GREY)
        number = self.t("handover.page", number=self.page_no(), total=TOTAL)
        self.set_xy(float(self.w) - RIGHT - 40, low - 3)
        self.cell(40, 4, number, align="R")

    def need(self, height: float) -> None:
        """Go on on the next page where less than so much is left of this one."""
        if self.y + height > self.end:
            self.add_page()

    def put(
        self,
        text: str,
        size: float = BODY,
        colour: Colour = INK,
        *,
        bold: bool = False,
        indent: float = 0.0,
        room: float | None = None,
        gap: float = 1.5,
    ) -> None:
        """A paragraph, over the end of the page where it has to be. room : width; gap : left free behind it."""
        step = size * POINT * LEADING
        for line in self.broken(text, size, (self.room if room is None else room) - indent):
            self.need(step)
            self._text(LEFT + indent, self.y + 0.78 * step, line, size, colour, bold)
            self.y += step
        self.y += gap

    def heading(self, text: str, level: int = 0, size: float = 0.0, colour: Colour = INK, bookmark: str = "") -> None:
        """A heading, with its entry in the outline."""
        size = size or (17.0, 12.5, 10.5)[level]
        self.need(size * POINT * LEADING + 14)
        if level:
            self.y += 2
        self.start_section(typeface.writable(bookmark or text), level=level)
        self.put(text, size, colour, bold=True, gap=2.0 if level == 0 else 1.2)

    def facts(
        self, rows: Iterable[tuple[str, str]], label: float = 44.0, indent: float = 0.0, size: float = BODY
    ) -> None:
        """Names and what they are, side by side; rows without a value are left out."""
        for name, value in rows:
            if value:
                self.row((name, value), (label, self.room - indent - label), size, colours=(GREY, INK), indent=indent)

    def grid(self, head: Sequence[str], rows: Iterable[Sequence[str]], parts: Sequence[float]) -> None:
        """A table, its head again on each page. parts : widths of the columns, of which the sum is all the room."""
        widths = [self.room * part / sum(parts) for part in parts]
        self._head(head, widths)
        for cells in rows:
            height = self._height(cells, widths, SMALL)
            if self.y + height > self.end and height < self.end - TOP - 12:
                self.add_page()
                self._head(head, widths)
            self.row(cells, widths, SMALL)
        self.y += 2

    def row(
        self,
        cells: Sequence[str],
        widths: Sequence[float],
        size: float = BODY,
        *,
        colours: Sequence[Colour] = (),
        fill: bool = False,
        indent: float = 0.0,
    ) -> None:
        """Cells beside each other, a line below them; a row that is longer than the page goes on on the next."""
        step, padding = size * POINT * LEADING, 1.1
        columns = [self.broken(cell, size, wide - 2 * padding) for cell, wide in zip(cells, widths, strict=True)]
        longest = max(map(len, columns))
        if longest * step < self.end - TOP:
            self.need(longest * step + 2 * padding)
        if fill:
            self.set_fill_color(*FAINT)
            self.rect(LEFT, self.y, self.room, longest * step + 2 * padding, "F")
        self.y += padding
        fits = self.y + longest * step <= self.end
        # A cell after the other, so that who reads the text alone reads each whole; or line by line over pages.
        for part in [range(longest)] if fits else [range(number, number + 1) for number in range(longest)]:
            self.need(step)
            x = LEFT + indent
            for column, (lines, wide) in enumerate(zip(columns, widths, strict=True)):
                colour = colours[column] if colours else INK
                for place, line in enumerate(lines[part.start : part.stop]):
                    self._text(x + padding, self.y + (place + 0.78) * step, line, size, colour)
                x += wide
            self.y += len(part) * step
        self.y += padding
        self._rule(self.y, indent)

    def picture(self, image: bytes, x: float, y: float, wide: float, high: float, alt: str) -> None:
        """A JPEG file in a frame of that size, in its own proportions, at the frame's upper left corner."""
        self.image(
            io.BytesIO(image), x, y, wide, high, keep_aspect_ratio=True, alt_text=typeface.writable(alt), title=""
        )

    def box(self, x: float, y: float, wide: float, high: float, text: str) -> None:
        """In a picture's place, why there is none."""
        self.set_fill_color(*FAINT)
        self.set_draw_color(*LINE)
        self.rect(x, y, wide, high, "DF")
        step = SMALL * POINT * LEADING
        for number, line in enumerate(self.broken(text, SMALL, wide - 4)[: max(1, int((high - 3) / step))]):
            self._text(x + 2, y + 2 + (number + 0.78) * step, line, SMALL, GREY)

    def band(self, text: str, colour: Colour) -> None:
        """A line on a ground of that colour."""
        step = 11 * POINT * LEADING
        lines = self.broken(text, 11, self.room - 6)
        self.need(len(lines) * step + 4)
        self.set_fill_color(*colour)
        self.rect(LEFT, self.y, self.room, len(lines) * step + 3, "F")
        for number, line in enumerate(lines):
            self._text(LEFT + 3, self.y + 1.5 + (number + 0.78) * step, line, 11, (255, 255, 255), True)
        self.y += len(lines) * step + 6

    def small(self, x: float, y: float, text: str, room: float, colour: Colour = INK, most: int = 1) -> None:
        """At most so many lines at a place, in small type; what is longer ends in an ellipsis."""
        size, step = 7.0, 7.0 * POINT * 1.35
        lines = self.broken(text, size, room)
        if most == 1 and len(lines) > 1:
            lines = [typeface.writable(text), ""]
        if len(lines) > most:
            last = lines[most - 1]
            while last and typeface.width(f"{last}…", size) * POINT > room:
                last = last[:-1]
            lines = [*lines[: most - 1], f"{last}…"]
        for number, line in enumerate(lines):
            self._text(x, y + (number + 0.78) * step, line, size, colour)

    def broken(self, text: str, size: float, room: float) -> list[str]:
        """Into lines that fit; see `typeface.lines`."""
        found = typeface.lines(text, size, room / POINT)
        self.replaced |= any(typeface.BOX in line for line in found)
        return found

    def _head(self, cells: Sequence[str], widths: Sequence[float]) -> None:
        self.need(self._height(cells, widths, SMALL) + 8)
        self.row(cells, widths, SMALL, colours=[ACCENT] * len(cells), fill=True)

    def _height(self, cells: Sequence[str], widths: Sequence[float], size: float) -> float:
        longest = max(len(self.broken(cell, size, wide - 2.2)) for cell, wide in zip(cells, widths, strict=True))
        return longest * size * POINT * LEADING + 2.2

    def _text(self, x: float, y: float, text: str, size: float, colour: Colour, bold: bool = False) -> None:
        if not text:
            return
        self.set_font(typeface.NAME, size=size)
        self.set_text_color(*colour)
        if not bold:
            self.text(x, y, text)
            return
        # One weight is shipped; a rim of the letters' own colour makes them bolder.
        with self.local_context(text_mode=TextMode.FILL_STROKE, draw_color=colour, line_width=size * POINT * 0.018):
            self.text(x, y, text)

    def _rule(self, y: float, indent: float = 0.0) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.15)
        self.line(LEFT + indent, y, float(self.w) - RIGHT, y)
