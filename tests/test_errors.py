"""Messages and errors."""

from __future__ import annotations

import copy
import pickle

import pytest

from crackxai import CrackXAIError, PhotoError
from crackxai.errors import Message

MESSAGE = Message("photo-note.frames", "first of {count} frames", count=3)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, *(
    lambda thing, n=n: pickle.loads(pickle.dumps(thing, n)) for n in range(2, pickle.HIGHEST_PROTOCOL + 1)
)])  # fmt: skip
def test_messages_and_errors_can_be_copied_and_pickled(again):
    found = again(MESSAGE)
    assert found == "first of 3 frames"
    assert (found.name, found.facts) == (MESSAGE.name, {"count": 3})
    error = again(PhotoError(MESSAGE))
    assert error.message.facts == {"count": 3}


@pytest.mark.parametrize("kind", [CrackXAIError, *CrackXAIError.__subclasses__()])
def test_every_error_comes_back_from_another_process(kind):
    error = pickle.loads(pickle.dumps(kind(MESSAGE)))
    assert type(error) is kind
    assert error.message.name == MESSAGE.name
