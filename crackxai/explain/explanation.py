"""`Explanation`: the result, and how it is written down."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import Message, ModelError
from crackxai.explain.convergence import cell_sums
from crackxai.explain.settings import MethodSettings
from crackxai.photo import Box

if TYPE_CHECKING:
    import shap

    from crackxai.explain.faithfulness_result import Faithfulness
    from crackxai.explain.truth import Localisation
    from crackxai.model.decision import Verdict

KIND = "CrackXAI explanation"
"""What a record says it is."""

OUTPUT_NAME = "Positive(crack)"
"""What the values explain, by the notebook's name."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a photo, or a window of one, has its crack probability: what its pixels add to it, by one method.

    >>> result = explain(model, photo)
    >>> result.values.sum()  # is result.probability - result.base_value, where settings.adds_up
    >>> pathlib.Path("wall.json").write_text(result.to_json(), "utf-8")  # for ``python -m crackxai verify``

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
    photo_box : of a window: where it lies in the upright photo, in the file's pixels; None for the whole photo.
    photo_scale : pixels of the photo as it was read in one of the file's, at most 1.
    computed_in : "float32" or "bfloat16", what the network really computed in; processor : and on what. "" where it
        is not known.
    verdict : what was said of the photo, for the record (``dataclasses.replace(result, verdict=judge(model, photo))``);
        None where nothing was.
    faithfulness : what a test of the map found, for the record (`crackxai.explain.faithfulness`); None where there was
        none. localisation : how the map lies on a mask of the true crack (`crackxai.explain.truth`).
    regions_sha256 : fingerprint of a region tree that depends on the picture; "" for others.

    Raises
    ------
    ModelError : a value is NaN or infinite. There is no such explanation.
    """

    channel_values: NDArray[np.float32]
    picture: NDArray[np.uint8]
    base_value: float
    probability: float
    evaluations: int
    seconds: float
    settings: MethodSettings
    photo_name: str
    photo_sha256: str
    model_name: str
    model_fingerprint: str
    precision: str
    device: str
    versions: dict[str, str]
    photo_box: Box | None = None
    photo_scale: float = 1.0
    computed_in: str = ""
    processor: str = ""
    verdict: Verdict | None = None
    faithfulness: Faithfulness | None = None
    localisation: Localisation | None = None
    regions_sha256: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.channel_values).all() and np.isfinite((self.base_value, self.probability)).all()):
            raise ModelError(
                Message(
                    "job.not-finite",
                    "expected a finite probability, received NaN or infinity from the model. Use another model.",
                )
            )

    @cached_property
    def values(self) -> NDArray[np.float32]:
        """(H, W) float32; where ``settings.adds_up``, they sum to ``probability - base_value`` whatever the budget."""
        summed: NDArray[np.float64] = self.channel_values.sum(axis=-1, dtype=np.float64)
        return summed.astype(np.float32)

    @cached_property
    def values_sha256(self) -> str:
        """SHA-256 (hex) of ``channel_values`` as little-endian float32: equal only for equal maps."""
        return hashlib.sha256(np.ascontiguousarray(self.channel_values, dtype="<f4").tobytes()).hexdigest()

    @cached_property
    def cell_sums(self) -> NDArray[np.float64]:
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

    def to_record(self) -> dict[str, Any]:
        """Everything needed to make the explanation again and to check it, as plain JSON values."""
        box = {} if self.photo_box is None else {"box": self.photo_box.as_dict()}
        scale = {} if self.photo_scale == 1 else {"scale": self.photo_scale}
        regions = {"regions_sha256": self.regions_sha256} if self.regions_sha256 else {}
        engine = {"computed_in": self.computed_in, "processor": self.processor}
        record = {
            "kind": KIND,
            "method": self.settings.title,
            "photo": {"name": self.photo_name, "sha256": self.photo_sha256, **box, **scale},
            "model": {
                "name": self.model_name,
                "fingerprint": self.model_fingerprint,
                "input_size": list(self.picture.shape[:2]),
                "precision": self.precision,
                "device": self.device,
                **{name: value for name, value in engine.items() if value},
            },
            "settings": self.settings.as_dict(),
            **regions,
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
        judged = {
            "verdict": self.verdict, "faithfulness": self.faithfulness, "localisation": self.localisation,
        }  # fmt: skip
        return record | {name: each.to_record() for name, each in judged.items() if each is not None}

    def to_json(self) -> str:
        """`to_record` as text."""
        return json.dumps(self.to_record(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

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
