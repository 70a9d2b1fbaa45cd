"""Pictures of results: arrays and figures, for the page, the command line and reports.

The colours are shap's by default: red raised the crack probability, blue lowered it. The photo below is shown in grey,
so that no colour of the wall is taken for one of the map.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import cv2
import numpy as np

from crackxai.errors import SettingsError
from crackxai.explain.maskers import MASKERS, MaskerSettings, masker_parameters
from crackxai.explain.parameters import parameters_of
from crackxai.explain.progress import counted
from crackxai.explain.regions import REGIONS, USUAL
from crackxai.explain.settings import ExplainSettings
from crackxai.fonts import families_for
from crackxai.png import png as png
from crackxai.printable import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from crackxai.explain.explanation import Explanation
    from crackxai.explain.settings import MethodSettings

PALETTES = {
    "red-blue": ((0, 139, 251), (255, 0, 81)),
    "orange-purple": ((94, 60, 153), (230, 97, 1)),
    "yellow-blue": ((0, 114, 178), (240, 190, 40)),
}
"""Name -> (lowers, raises), sRGB. shap's own first; PuOr of ColorBrewer 2 (Brewer, 2003) and blue and yellow after
Okabe and Ito (2008) can be told apart with every common colour vision deficiency."""
FIXED_LIMIT = 1e-3
"""Values (probability per pixel) at which the fixed scale is saturated. Maps on it can be compared between photos."""
LONGEST_NAME = 36
"""Characters of a file name in a figure."""
CONTOUR_LEVEL = 0.25
"""Contours go around the regions with more than this part of the scale's limit."""


def own_limit(values: np.ndarray) -> float:
    """Where a photo's own scale is saturated: the 99th percentile of |values|.

    shap's image plot takes the 99.9th; then a single small region in full colour leaves the others pale.
    """
    limit = float(np.nanpercentile(np.abs(values), 99))
    return limit if limit > 0 else FIXED_LIMIT


def overlay(
    picture: np.ndarray, values: np.ndarray, limit: float, opacity: float = 0.8, palette: str = "red-blue"
) -> np.ndarray:
    """The map on the grey photo.

    Parameters
    ----------
    picture : (H, W, 3) uint8, RGB, of any size.
    values : (h, w), a map; stretched to (H, W) without smoothing, so that regions keep their true borders.
    limit : |value| that is shown with the full ``opacity``; less is shown in proportion.
    opacity : 0-1.
    palette : of `PALETTES`.

    Returns
    -------
    (H, W, 3) uint8, RGB.
    """
    if not 0 <= opacity <= 1:
        raise SettingsError(f"expected an opacity from 0 to 1, received {opacity!r}.")
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    return _coloured(np.broadcast_to(grey, picture.shape), values, limit, opacity, palette)


def layer(values: np.ndarray, limit: float, opacity: float = 0.8, palette: str = "red-blue") -> np.ndarray:
    """The map alone, to be laid over any picture: (h, w, 4) uint8, RGB and alpha; parameters as of `overlay`."""
    if not limit > 0:
        raise SettingsError(f"expected a positive colour limit, received {limit!r}.")
    lowers, raises = (np.array(colour, dtype=np.uint8) for colour in _palette(palette))
    strength = np.clip(values / limit, -1, 1)
    alpha = np.rint(255 * opacity * np.abs(strength)).astype(np.uint8)
    return np.dstack([np.where(strength[..., None] >= 0, raises, lowers), alpha])


def map_alone(values: np.ndarray, limit: float, size: tuple[int, int], palette: str = "red-blue") -> np.ndarray:
    """The map on white, (height, width, 3) uint8 for ``size`` = (width, height); parameters as of `overlay`."""
    white = np.full((size[1], size[0], 3), 255, dtype=np.float32)
    return _coloured(white, values, limit, 1.0, palette)


def _coloured(ground: np.ndarray, values: np.ndarray, limit: float, opacity: float, palette: str) -> np.ndarray:
    if not limit > 0:
        raise SettingsError(f"expected a positive colour limit, received {limit!r}.")
    lowers, raises = (np.array(colour, dtype=np.float32) for colour in _palette(palette))
    strength = np.clip(_stretched(values, ground.shape) / limit, -1, 1)
    alpha = (opacity * np.abs(strength))[..., None]
    colour = np.where(strength[..., None] >= 0, raises, lowers)
    return np.rint(ground * (1 - alpha) + colour * alpha).astype(np.uint8)


def contoured(image: np.ndarray, values: np.ndarray, limit: float) -> np.ndarray:
    """``image`` with lines that need no colour to be read.

    Unbroken lines go around what raises the probability, broken ones around what lowers it, by more than
    `CONTOUR_LEVEL` of ``limit`` each; black with a white rim, to be seen on any ground.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB.
    values : (h, w), a map.
    """
    if not limit > 0:
        raise SettingsError(f"expected a positive colour limit, received {limit!r}.")
    out = image.copy()
    # Softened by two pixels of the map: hundreds of single-pixel rings would hide what they go around.
    field = _stretched(cv2.GaussianBlur(values.astype(np.float32), (0, 0), 2), image.shape, smoothly=True)
    width = max(1, round(image.shape[1] / 360))
    for sign, broken in ((1, False), (-1, True)):
        inside = (sign * field > CONTOUR_LEVEL * limit).astype(np.uint8)
        outlines, _ = cv2.findContours(inside, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        for colour, thickness in (((255, 255, 255), 3 * width), ((0, 0, 0), width)):
            for outline in outlines:
                for piece in _dashes(outline, 8 * width) if broken else [outline]:
                    cv2.polylines(out, [piece], not broken, colour, thickness, cv2.LINE_AA)
    return out


def _dashes(outline: np.ndarray, length: int) -> list[np.ndarray]:
    return [outline[i : i + length] for i in range(0, len(outline), 2 * length)]


def _palette(name: str) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    if name not in PALETTES:
        raise SettingsError(f"expected a palette of {', '.join(PALETTES)}, received {name!r}.")
    return PALETTES[name]


def _stretched(values: np.ndarray, shape: tuple[int, ...], smoothly: bool = False) -> np.ndarray:
    how = cv2.INTER_LINEAR if smoothly else cv2.INTER_NEAREST
    return cv2.resize(values.astype(np.float32), shape[1::-1], interpolation=how)


def display_size(size: tuple[int, int], longer_side: int = 640) -> tuple[int, int]:
    """(width, height) scaled so that the longer side is ``longer_side``."""
    scale = longer_side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def display_picture(rgb: np.ndarray, longer_side: int = 640) -> np.ndarray:
    """The photo at display size, in its own proportions."""
    width, height = display_size(rgb.shape[1::-1], longer_side)
    shrinks = width < rgb.shape[1]
    return cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def explanation_figure(
    explanation: Explanation, rgb: np.ndarray, limit: float | None = None, palette: str = "red-blue"
) -> Figure:
    """Photo and overlay side by side with colour bar and caption, for a file on its own.

    Parameters
    ----------
    rgb : the photo, any size.
    limit : of the colour scale; None: the photo's own.
    """
    from matplotlib.figure import Figure

    limit = limit or own_limit(explanation.values)
    photo = display_picture(rgb)
    figure = Figure(figsize=(10, 5.6), layout="constrained", facecolor="white", dpi=120)
    axes = figure.subplot_mosaic([["photo", "map"], ["bar", "bar"]], height_ratios=[1, 0.045])
    for name, image, title in (
        ("photo", photo, f"{_short(explanation.photo_name)}: crack probability {explanation.probability:.1%}"),
        ("map", overlay(photo, explanation.values, limit, palette=palette), f"why: {caption(explanation)}"),
    ):
        axes[name].imshow(image)
        families = families_for(title)
        if families is None:  # boxes in place of letters tell nothing
            families, title = families_for(""), title.rpartition(": ")[2]
        # A dollar sign in a name begins no formula.
        axes[name].set_title(title, fontsize=10, family=list(families or ()), parse_math=False)
        axes[name].axis("off")
    _draw_bar(axes["bar"], limit, palette, explanation.settings.value_name)
    return figure


def _short(name: str) -> str:
    """A file name as a part of a title."""
    name = printable(name)
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME // 2]}…{name[-LONGEST_NAME // 2 + 1 :]}"


def caption(explanation: Explanation) -> str:
    """Method, masker, regions and evaluations in a few words."""
    return f"{settings_caption(explanation.settings)}, {counted(explanation.evaluations)}"


def settings_caption(settings: MethodSettings) -> str:
    """Masker with its own numbers, and regions that are not the usual, behind the method where it is not the usual one;
    the method alone where it has no masker."""
    if not isinstance(settings, MaskerSettings):
        return settings.title
    own = {each.name: each for each in masker_parameters(settings.masker)}
    method = [each.caption.format(getattr(settings, each.name)) for each in parameters_of(settings) if each.asked]
    fill = [MASKERS[settings.masker].title, *(own[name].caption.format(value) for name, value in settings.fill[1])]
    regions = getattr(settings, "regions", USUAL)
    told = " ".join(fill) + ("" if regions == USUAL else f", {REGIONS[regions].title}")
    return told if isinstance(settings, ExplainSettings) else ", ".join([settings.title, *method, told])


def figure_png(figure: Figure) -> bytes:
    """A figure as a PNG file."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=120)
    return out.getvalue()


def _draw_bar(axes: Axes, limit: float, palette: str, value: str) -> None:
    strength = np.linspace(-1, 1, 256, dtype=np.float32)[None]
    axes.imshow(map_alone(strength, 1.0, (256, 1), palette), aspect="auto", extent=(-limit, limit, 0, 1))
    axes.set_yticks([])
    axes.set_xticks([-limit, 0, limit], [f"−{limit:.1e}", "0", f"+{limit:.1e}"])
    axes.tick_params(labelsize=9)
    axes.set_xlabel(f"lowers   ←   {value}, crack probability per pixel   →   raises", fontsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
