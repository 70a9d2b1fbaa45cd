"""The methods that explain a photo, and what the rest of the house asks of any of them.

A method is a module of its own with two classes, its settings (`MethodSettings`) and its explainer
(`AnytimeExplainer`), and an entry in `METHODS`. Queue, pages, links, command line, records and `verify` ask for nothing
else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.cam import CamExplainer, CamSettings
from crackxai.explain.explainer import Explainer
from crackxai.explain.explanation import Explanation
from crackxai.explain.integrated_gradients import GradientsExplainer, GradientsSettings
from crackxai.explain.kernel_shap import KernelExplainer, KernelSettings
from crackxai.explain.lime import LimeExplainer, LimeSettings
from crackxai.explain.parameters import Parameter, parameters_of
from crackxai.explain.progress import Progress
from crackxai.explain.rise import RiseExplainer, RiseSettings
from crackxai.explain.settings import ExplainSettings, MethodSettings
from crackxai.explain.sliding_occlusion import OcclusionExplainer, OcclusionSettings
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


class AnytimeExplainer(Protocol):
    """The explanation of one photo by one method, at any time.

    One thread at a time advances it, another that wants to waits; all may read it meanwhile, and what they read
    belongs together: a map can be read at every ``evaluations`` that was told.
    """

    @property
    def settings(self) -> MethodSettings:
        """As given."""

    @property
    def photo_name(self) -> str:
        """For people."""

    @property
    def evaluations(self) -> int:
        """Pictures that the model was asked for so far; a map of all of them can be read."""

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""

    def advance(self, max_evals: int | None = None, progress: Progress | None = None) -> None:
        """Go on to ``max_evals`` evaluations in all, those of the settings by default.

        ``progress`` is called before the first evaluation and after each batch; what it raises (`Cancelled`) stops
        the run there, to be read and gone on with.
        """

    def explanation(self, max_evals: int | None = None) -> Explanation:
        """The map now, or the one that a run of ``max_evals`` alone gives. SettingsError: it is not computed yet."""

    def hidden(self) -> NDArray[np.uint8] | None:
        """(H, W, 3): the picture that the map is compared with; None for a method without one."""


@dataclass(frozen=True)
class Method:
    """A method that can be chosen.

    Attributes
    ----------
    settings : its settings class. explainer : makes a run of model, photo and settings.
    """

    settings: type[MethodSettings]
    explainer: Callable[[CrackModel, Photo, Any], AnytimeExplainer]

    @property
    def name(self) -> str:
        """In settings and catalogues (``method.NAME``)."""
        return self.settings.method

    @property
    def fields(self) -> frozenset[str]:
        """Names of its settings."""
        return frozenset(field.name for field in dataclasses.fields(self.settings))  # type: ignore[arg-type]

    @property
    def asked(self) -> tuple[Parameter, ...]:
        """Its numbers that the page asks for where it is chosen, beside those of its masker and its budget."""
        return tuple(each for each in parameters_of(self.settings) if each.asked)

    @property
    def has_budget(self) -> bool:
        """Whether it can be given more or fewer evaluations."""
        return "max_evals" in self.fields

    def make_settings(self, chosen: Mapping[str, Any]) -> MethodSettings:
        """Its settings from those of ``chosen`` that it has. SettingsError: a value is refused."""
        return self.settings(**{name: value for name, value in chosen.items() if name in self.fields})


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(ExplainSettings, Explainer),
        Method(CamSettings, CamExplainer),
        Method(KernelSettings, KernelExplainer),
        Method(LimeSettings, LimeExplainer),
        Method(OcclusionSettings, OcclusionExplainer),
        Method(RiseSettings, RiseExplainer),
        Method(GradientsSettings, GradientsExplainer),
    )
}
"""By name, in the order in which they are offered; the first is what is meant where none is named."""


def asked_parameters() -> tuple[Parameter, ...]:
    """Of all methods, what `Method.asked` says, each once: methods with a number of the same name mean the same."""
    return tuple({each.name: each for method in METHODS.values() for each in method.asked}.values())


def method_of(settings: MethodSettings) -> Method:
    """The method that settings belong to. SettingsError: there is none."""
    found = METHODS.get(getattr(settings, "method", ""))
    if found is None or not isinstance(settings, found.settings):
        kinds = ", ".join(each.settings.__name__ for each in METHODS.values())
        raise SettingsError(f"expected settings of a method ({kinds}), received {type(settings).__name__}.")
    return found


def explainer(model: CrackModel, photo: Photo, settings: MethodSettings | None = None) -> AnytimeExplainer:
    """A run that has computed nothing yet.

    >>> run = explainer(model, photo, ExplainSettings(max_evals=5000))
    >>> run.advance(500)
    >>> run.explanation().values  # a first map; go on with run.advance()
    """
    settings = settings or ExplainSettings()
    return method_of(settings).explainer(model, photo, settings)


def explain(
    model: CrackModel, photo: Photo, settings: MethodSettings | None = None, progress: Progress | None = None
) -> Explanation:
    """Which parts of the photo raise or lower its crack probability.

    With `ExplainSettings`, the values are those of the notebook's ``shap.Explainer(f, shap.maskers.Image(...))(x,
    max_evals=..., batch_size=..., outputs=shap.Explanation.argsort.flip[:1])`` after ``np.random.seed(seed)``, with
    ``f = model.predict``.

    >>> model, photo = load_model(), read_photo("wall.jpg")
    >>> result = explain(model, photo, ExplainSettings(masker="blur", max_evals=1000))
    >>> result.probability, result.values.shape
    (0.98, (150, 150))

    Parameters
    ----------
    photo : or a window of one, see `Photo.window`.
    settings : default: `ExplainSettings()`. Their class says by which method.
    progress : see `Progress`; may raise `Cancelled`.

    Raises
    ------
    Cancelled : by ``progress``.
    ModelError : the model gave a probability that is not finite.
    """
    run = explainer(model, photo, settings)
    run.advance(progress=progress)
    return run.explanation()
