"""What the engineer chooses about an explanation, checked."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from crackxai.explain.maskers import MaskerSettings, masker_parameters
from crackxai.explain.parameters import parameter, parameters_of
from crackxai.explain.regions import USUAL, check_regions


class MethodSettings(Protocol):
    """What every method's settings can tell: a frozen dataclass whose fields are checked when it is made.

    Attributes
    ----------
    method : the method's name in `crackxai.explain.methods.METHODS`. title : in records.
    value_name : what a value of the map is called, in figures.
    adds_up : whether the values sum to the probability less the base value, at every budget.
    """

    method: ClassVar[str]
    title: ClassVar[str]
    value_name: ClassVar[str]
    adds_up: ClassVar[bool]

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


def budget_parameter(**how: Any) -> Any:
    """``max_evals``, one declaration for all methods that can be given more or fewer evaluations."""
    about = "model evaluations to spend; 500 gives a coarse map, 5000 a detailed one"
    return parameter(500, 50, 20_000, help=about, **how)


def seed_parameter(**how: Any) -> Any:
    """``seed``, of whatever a method leaves to chance."""
    return parameter(0, 0, 2**32 - 1, help="of the draws", **how)


@dataclass(frozen=True)
class MaskedSettings(MaskerSettings):
    """What the settings of all methods with a masker have in common.

    Attributes
    ----------
    budget : the field that says how far a run goes, and does not shape it; "" for a method that needs what it needs.
    """

    method: ClassVar[str]
    title: ClassVar[str]
    value_name: ClassVar[str]
    adds_up: ClassVar[bool]
    budget: ClassVar[str] = "max_evals"

    if TYPE_CHECKING:

        @property
        def max_evals(self) -> int:
            """A field of most; of others it follows from other numbers."""

    @property
    def key(self) -> Self:
        """Without the budget, since a run goes on, and without what belongs to other maskers."""
        used = dict(self.fill[1])
        kept = {each.name for each in masker_parameters() if each.name not in used} | {self.budget}
        changes: dict[str, Any] = {each.name: each.default for each in parameters_of(self) if each.name in kept}
        return replace(self, **changes)

    @property
    def pace(self) -> Hashable:
        """Inpainting takes time; other fills take none."""
        return self.method, self.masker

    @property
    def slug(self) -> str:
        """The method's and the masker's names."""
        return f"{self.method}_{self.masker}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for records."""
        return asdict(self)


@dataclass(frozen=True)
class ExplainSettings(MaskedSettings):
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
    value_name: ClassVar[str] = "SHAP value"
    adds_up: ClassVar[bool] = True

    max_evals: int = budget_parameter(kw_only=False)
    batch_size: int = parameter(
        50, 2, 1000, help="evaluations a round; part of the algorithm, keep it to compare maps", kw_only=False
    )
    seed: int = seed_parameter(kw_only=False)
    regions: str = field(default=USUAL, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_regions(self.regions)

    @property
    def slug(self) -> str:
        """The masker's name, and that of other regions than the usual."""
        return self.masker if self.regions == USUAL else f"{self.masker}-{self.regions}"


MAX_EVALS = next(each for each in parameters_of(ExplainSettings) if each.name == "max_evals")
"""The budget as a `Parameter`: its range and default."""
