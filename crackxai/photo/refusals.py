"""Why a file cannot be used as a photo, in words that a page can say in its language."""

from __future__ import annotations

from crackxai.errors import Message, PhotoError

EXPECTED = "a JPEG, PNG, WebP, BMP, TIFF or HEIC photo"


class Refusal(Exception):
    """A reason that does not know the file's name yet."""

    def __init__(self, kind: str, template: str, **facts: object) -> None:
        super().__init__(kind)
        self.kind, self.template, self.facts = kind, template, facts

    def of(self, name: str) -> PhotoError:
        """The error for the user."""
        template = "{name}: " + self.template
        return PhotoError(Message(f"photo-error.{self.kind}", template, name=name, formats=EXPECTED, **self.facts))


def damaged() -> Refusal:
    return Refusal("damaged", "expected {formats}, received a damaged or truncated one. Copy it from the camera again.")


def no_memory(needed: int) -> Refusal:
    template = (
        "expected {needed} MB of free memory to read it, received less. Close other programs, or export it smaller."
    )
    return Refusal("memory", template, needed=max(1, needed // 2**20))


def no_photo(received: int) -> Refusal:
    template = (
        "expected {formats}, received {received} bytes that are none of these. Open it in an image program and export "
        "it as JPEG."
    )
    return Refusal("no-photo", template, received=f"{received:,}")


def unsupported(what: Message) -> Refusal:
    """A file of a right format that holds something no decoder here reads."""
    template = "expected a photo that is ready to look at, received {what}. Export it as JPEG."
    return Refusal("unsupported", template, what=what)


def unknown_values(low: float, high: float) -> Refusal:
    template = (
        "expected values whose white is known (1, 255, 1023, 4095, 16383 or 65535, and some of them above a sixteenth "
        "of it), received {low} to {high}. Which is white cannot be told: export it with 8 bits."
    )
    return Refusal("unknown-values", template, low=f"{low:g}", high=f"{high:g}")


def missing_values(share: float, most: float) -> Refusal:
    template = (
        "expected a value for all but {most} % of the pixels, received none (NaN, infinite or marked as no data) for "
        "{share} %. Crop it to where the picture is."
    )
    return Refusal("missing-values", template, share=f"{100 * share:.0f}", most=f"{100 * most:.0f}")
