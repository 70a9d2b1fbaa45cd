"""What can be wrong with a model, said in the words of the catalogues: a page can say it in its language."""

from __future__ import annotations

from crackxai.errors import Message, ModelError
from crackxai.texts import DEFAULT, catalogue


def model_error(name: str, /, **facts: object) -> ModelError:
    """The error of that name in the catalogues' section ``model-error``."""
    name = f"model-error.{name}"
    return ModelError(Message(name, catalogue(DEFAULT)[name], **facts))
