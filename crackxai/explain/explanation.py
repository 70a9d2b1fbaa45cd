"""`Explanation`: the result, and how it is written down."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from crackxai.explain.convergence import cell_sums
from crackxai.explain.settings import ExplainSettings

if TYPE_CHECKING:
    import shap

OUTPUT_NAME = "Positive(crack)"
"""What the values explain, by the notebook's name."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """SHAP values of a photo's crack probability, as the Partition explainer estimates them.

    Attributes
    ----------
    channel_values : (H, W, 3) float32: what each pixel's R, G and B add to the probability. The three differ only
        where the budget was large enough to look below single pixels.
    picture : (H, W, 3) uint8, RGB: the photo as the network saw it.
    base_value : probability of the fully hidden picture; probability : of the picture itself.
    evaluations : pictures that the model was asked for; seconds : wall clock.
    settings : what was asked for.
    photo_name, photo_sha256 : of the file's bytes.
    model_name, model_fingerprint, precision, device : of the model.
    versions : of the software that shapes the values.
    """

    channel_values: np.ndarray
    picture: np.ndarray
    base_value: float
    probability: float
    evaluations: int
    seconds: float
    settings: ExplainSettings
    photo_name: str
    photo_sha256: str
    model_name: str
    model_fingerprint: str
    precision: str
    device: str
    versions: dict[str, str]

    @cached_property
    def values(self) -> np.ndarray:
        """(H, W) float32; they sum to ``probability - base_value`` whatever the budget."""
        return self.channel_values.sum(axis=-1, dtype=np.float64).astype(np.float32)

    @cached_property
    def values_sha256(self) -> str:
        """SHA-256 (hex) of ``channel_values`` as little-endian float32: equal only for equal maps."""
        return hashlib.sha256(np.ascontiguousarray(self.channel_values, dtype="<f4").tobytes()).hexdigest()

    @cached_property
    def cell_sums(self) -> np.ndarray:
        """(8, 8) float64: the map in short, see `crackxai.explain.convergence.cell_sums`."""
        return cell_sums(self.values)

    def to_shap(self) -> shap.Explanation:
        """A real ``shap.Explanation`` of one row, as the notebook's ``explainer(x)`` returns it.

        Works with ``shap.image_plot`` and the rest of that package.

        Shapes: values (1, H, W, 3, 1), base_values (1, 1), data (1, H, W, 3) float32, 0-255.
        """
        import shap

        return shap.Explanation(
            values=self.channel_values[None, ..., None].astype(np.float64),
            base_values=np.array([[self.base_value]]),
            data=self.picture[None].astype(np.float32),
            output_names=[OUTPUT_NAME],
        )

    def to_record(self) -> dict:
        """Everything needed to make the explanation again and to check it, as plain JSON values."""
        return {
            "kind": "CrackXAI explanation",
            "method": "shap.explainers.Partition (Owen values)",
            "photo": {"name": self.photo_name, "sha256": self.photo_sha256},
            "model": {
                "name": self.model_name,
                "fingerprint": self.model_fingerprint,
                "input_size": list(self.picture.shape[:2]),
                "precision": self.precision,
                "device": self.device,
            },
            "settings": self.settings.as_dict(),
            "output": OUTPUT_NAME,
            "probability": self.probability,
            "base_value": self.base_value,
            "sum_of_values": float(self.channel_values.sum(dtype=np.float64)),
            "values_sha256": self.values_sha256,
            "cell_sums": [[float(f"{value:.6g}") for value in row] for row in self.cell_sums],
            "evaluations": self.evaluations,
            "seconds": round(self.seconds, 3),
            "versions": self.versions,
        }

    def to_json(self) -> str:
        """`to_record` as text."""
        return json.dumps(self.to_record(), indent=2, ensure_ascii=False) + "\n"

    def to_npz(self) -> bytes:
        """A NumPy archive: values (H, W), channel_values (H, W, 3), picture, base_value, probability, record (JSON)."""
        out = io.BytesIO()
        np.savez_compressed(
            out,
            values=self.values,
            channel_values=self.channel_values,
            picture=self.picture,
            base_value=np.float64(self.base_value),
            probability=np.float64(self.probability),
            record=np.array(self.to_json()),
        )
        return out.getvalue()
