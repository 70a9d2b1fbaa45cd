"""Pictures of results: arrays and figures, for the page, the command line and reports.

The colours are shap's: red raised the crack probability, blue lowered it. The photo below is shown in grey, so that
no colour of the wall is taken for one of the map.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import cv2
import numpy as np

from crackxai.errors import SettingsError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from crackxai.explain.explanation import Explanation

RED = np.array([255, 0, 81], dtype=np.float32)
BLUE = np.array([0, 139, 251], dtype=np.float32)
"""shap's red and blue, sRGB."""
FIXED_LIMIT = 2e-4
"""Values (probability per pixel) at which the fixed scale is saturated: a tenth of the 150 x 150 pixels at this value
raise the probability by 45 points. Maps on it can be compared between photos."""


def own_limit(values: np.ndarray) -> float:
    """Where a photo's own scale is saturated: the 99.9th percentile of |values|, as in shap's image plot."""
    limit = float(np.nanpercentile(np.abs(values), 99.9))
    return limit if limit > 0 else FIXED_LIMIT


def overlay(picture: np.ndarray, values: np.ndarray, limit: float, opacity: float = 0.8) -> np.ndarray:
    """The map on the grey photo.

    Parameters
    ----------
    picture : (H, W, 3) uint8, RGB, of any size.
    values : (h, w) SHAP values; stretched to (H, W) without smoothing, so that regions keep their true borders.
    limit : |value| that is shown with the full ``opacity``; less is shown in proportion.
    opacity : 0-1.

    Returns
    -------
    (H, W, 3) uint8, RGB.
    """
    if not 0 <= opacity <= 1:
        raise SettingsError(f"expected an opacity from 0 to 1, received {opacity!r}.")
    if not limit > 0:
        raise SettingsError(f"expected a positive colour limit, received {limit!r}.")
    height, width = picture.shape[:2]
    strength = np.clip(cv2.resize(values, (width, height), interpolation=cv2.INTER_NEAREST) / limit, -1, 1)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    alpha = (opacity * np.abs(strength))[..., None]
    colour = np.where(strength[..., None] >= 0, RED, BLUE)
    return np.rint(grey * (1 - alpha) + colour * alpha).astype(np.uint8)


def shown_size(size: tuple[int, int], longer_side: int = 640) -> tuple[int, int]:
    """(width, height) scaled so that the longer side is ``longer_side``."""
    scale = longer_side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shown(rgb: np.ndarray, longer_side: int = 640) -> np.ndarray:
    """The photo at display size, in its own proportions."""
    width, height = shown_size(rgb.shape[1::-1], longer_side)
    shrinks = width < rgb.shape[1]
    return cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def png(image: np.ndarray) -> bytes:
    """(H, W, 3) uint8 RGB as a PNG file."""
    ok, coded = cv2.imencode(".png", image[..., ::-1])
    if not ok:
        raise ValueError(f"expected an (H, W, 3) uint8 picture, received {image.shape} {image.dtype}")
    return coded.tobytes()


def explanation_figure(explanation: Explanation, rgb: np.ndarray, limit: float | None = None) -> Figure:
    """Photo and overlay side by side with colour bar and caption, for a file on its own.

    Parameters
    ----------
    rgb : the photo, any size.
    limit : of the colour scale; None: the photo's own.
    """
    from matplotlib.figure import Figure

    limit = limit or own_limit(explanation.values)
    photo = shown(rgb)
    figure = Figure(figsize=(10, 5.6), layout="constrained", facecolor="white", dpi=120)
    axes = figure.subplot_mosaic([["photo", "map"], ["bar", "bar"]], height_ratios=[1, 0.045])
    for name, image, title in (
        ("photo", photo, f"{explanation.photo_name}: crack probability {explanation.probability:.1%}"),
        ("map", overlay(photo, explanation.values, limit), f"why: {caption(explanation)}"),
    ):
        axes[name].imshow(image)
        axes[name].set_title(title, fontsize=10)
        axes[name].axis("off")
    _draw_bar(axes["bar"], limit)
    return figure


def caption(explanation: Explanation) -> str:
    """Masker and evaluations in a few words."""
    s = explanation.settings
    kernel = f" {s.blur_kernel} x {s.blur_kernel}" if s.masker == "blur" else ""
    return f"{MASKER_NAMES[s.masker]}{kernel}, {explanation.evaluations} evaluations"


MASKER_NAMES = {"inpaint_telea": "Telea", "inpaint_ns": "Navier–Stokes", "blur": "Blur", "mean": "Mean"}
"""Names for people."""


def figure_png(figure: Figure) -> bytes:
    """A figure as a PNG file."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=120)
    return out.getvalue()


def _draw_bar(axes, limit: float) -> None:
    strength = np.linspace(-1, 1, 256, dtype=np.float32)[None]
    white = np.full((1, 256, 3), 255, dtype=np.uint8)
    axes.imshow(overlay(white, strength, 1.0, 1.0), aspect="auto", extent=(-limit, limit, 0, 1))
    axes.set_yticks([])
    axes.set_xticks([-limit, 0, limit], [f"−{limit:.1e}", "0", f"+{limit:.1e}"])
    axes.tick_params(labelsize=9)
    axes.set_xlabel("lowers   ←   SHAP value, crack probability per pixel   →   raises", fontsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
