"""Who decides."""

from __future__ import annotations

import getpass
import os

import pytest

from crackxai.inspection.records import people
from crackxai.inspection.records.people import UNKNOWN, deciding_person


def test_the_systems_name(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: " ada ")
    assert deciding_person() == "ada"


@pytest.mark.parametrize("error", [KeyError, OSError, ImportError])
def test_a_user_without_a_name(monkeypatch, error):
    def fails() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", fails)
    monkeypatch.setattr(os, "getuid", lambda: 1234, raising=False)
    assert deciding_person() == "user 1234"
    monkeypatch.delattr(people.os, "getuid")
    assert deciding_person() == UNKNOWN
