"""The errors that CrackXAI raises on purpose. Each message says what was expected, what was received, what to do."""


class CrackXAIError(Exception):
    """Root of every error meant for the user; anything else that escapes is a bug."""


class PhotoError(CrackXAIError):
    """A file cannot be used as a photo."""


class DataError(CrackXAIError):
    """A folder of labelled photos cannot be trained or measured on."""


class ModelError(CrackXAIError):
    """A model cannot be built, loaded, or asked for the given pictures."""


class SettingsError(CrackXAIError, ValueError):
    """A setting is outside its range."""


class Cancelled(CrackXAIError):
    """The user stopped a computation; not a fault."""
