"""What the engineer chooses about an explanation, checked."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, Protocol

from crackxai.explain.maskers import MaskerSettings, masker_parameters
from crackxai.explain.parameters import parameter, parameters_of
from crackxai.explain.regions import USUAL, check_regions


class MethodSettings(Protocol):
    """What every method's settings can tell: a frozen dataclass whose fields are checked when it is made.

    Attributes
    ----------
    method : the method's name in `crackxai.explain.methods.METHODS`. title : in records.
    """

    method: ClassVar[str]
    title: ClassVar[str]

    @property
    def max_evals(self) -> int:
        """Model evaluations to spend; those that a method without a choice needs."""

    @property
    def key(self) -> MethodSettings:
        """The settings without what does not shape the run: equal, and of equal hash, for settings of one run."""

    @property
    def pace(self) -> Hashable:
        """Equal for runs whose evaluations take about as long."""

    @property
    def slug(self) -> str:
        """In file names: one word."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for records; the class makes equal settings of them."""


@dataclass(frozen=True)
class ExplainSettings(MaskerSettings):
    """Settings of a SHAP map; the defaults are the notebook's.

    >>> ExplainSettings(masker="blur", blur_kernel=31, max_evals=1000)

    Attributes
    ----------
    masker : how hidden pixels are filled in: "inpaint_telea", "inpaint_ns", "blur" or "mean".
    blur_kernel : side of the box blur in pixels of the network's picture, 2-150; only used by "blur".
    max_evals : model evaluations to spend, 50-20,000. 500 give a coarse map, 5000 a detailed one.
    batch_size : evaluations a round, 2-1000. Part of the algorithm: another size gives another map.
    seed : breaks ties between equally promising regions, 0 to 2**32 - 1.
    regions : one of `crackxai.explain.regions.REGIONS`: "grid", as shap's, or "picture".

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    method: ClassVar[str] = "partition"
    title: ClassVar[str] = "shap.explainers.Partition (Owen values)"

    max_evals: int = parameter(
        500, 50, 20_000, help="model evaluations to spend; 500 gives a coarse map, 5000 a detailed one", kw_only=False
    )
    batch_size: int = parameter(
        50, 2, 1000, help="evaluations a round; part of the algorithm, keep it to compare maps", kw_only=False
    )
    seed: int = parameter(0, 0, 2**32 - 1, help="breaks ties", kw_only=False)
    regions: str = field(default=USUAL, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_regions(self.regions)

    @property
    def key(self) -> ExplainSettings:
        """Without the budget, since a run goes on, and without what belongs to other maskers."""
        used = dict(self.fill[1])
        unused: dict[str, Any] = {each.name: each.default for each in masker_parameters() if each.name not in used}
        return replace(self, max_evals=MAX_EVALS.default, **unused)

    @property
    def pace(self) -> Hashable:
        """Inpainting takes time; other fills take none."""
        return self.method, self.masker

    @property
    def slug(self) -> str:
        """The masker's name, and that of other regions than the usual."""
        return self.masker if self.regions == USUAL else f"{self.masker}-{self.regions}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for records."""
        return asdict(self)


MAX_EVALS = next(each for each in parameters_of(ExplainSettings) if each.name == "max_evals")
"""The budget as a `Parameter`: its range and default."""
