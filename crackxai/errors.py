"""The errors that CrackXAI raises on purpose. Each message says what was expected, what was received, what to do."""

from __future__ import annotations


class Message(str):
    """A sentence in English that also knows its name and facts, so that a page can say it in another language.

    Parameters
    ----------
    name : of the sentence, as in the catalogues of `crackxai.ui.text`.
    template : English, with ``{fact}`` where a fact goes.

    >>> Message("photo-note.frames", "first of {count} frames", count=3)
    'first of 3 frames'

    Can be pickled and copied.
    """

    name: str
    template: str
    facts: dict[str, object]

    def __new__(cls, name: str, template: str, /, **facts: object) -> Message:
        message = super().__new__(cls, template.format(**facts))
        message.name, message.template, message.facts = name, template, facts
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, object]]:
        return (self.name, self.template), self.facts


class CrackXAIError(Exception):
    """Root of every error meant for the user; anything else that escapes is a bug."""

    @property
    def message(self) -> str:
        """The message; `Message` where it can be said in another language."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


class PhotoError(CrackXAIError):
    """A file cannot be used as a photo."""


class SourceError(CrackXAIError):
    """A folder or an archive cannot be taken in as photos of an inspection."""


class DataError(CrackXAIError):
    """A folder of labelled photos cannot be trained or measured on."""


class ModelError(CrackXAIError):
    """A model cannot be built, loaded, or asked for the given pictures."""


class SettingsError(CrackXAIError, ValueError):
    """A setting is outside its range."""


class OutputError(CrackXAIError):
    """A file cannot be written, or may not be written over."""


class ClusterError(CrackXAIError):
    """Other machines cannot be reached, or cannot compute what is asked."""


class RecordsError(CrackXAIError):
    """The records of inspections cannot be opened or read, or what is given cannot be recorded."""


class AccessError(RecordsError):
    """Who logged in may not do this, or has to log in again.

    Attributes
    ----------
    login : whether logging in again is the way on.
    refused : action and inspection, until it is recorded that they were refused.
    """

    def __init__(self, message: str, login: bool = False) -> None:
        super().__init__(message)
        self.login = login
        self.refused: tuple[str, str] | None = None


class Cancelled(CrackXAIError):
    """The user stopped a computation; not a fault."""
