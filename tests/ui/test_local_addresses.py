"""Who can reach a server by where it answers."""

from __future__ import annotations

import pytest

from crackxai.ui.local_addresses import only_here


@pytest.mark.parametrize(
    ("address", "only"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.2", False),
        ("example.org", False),
        ("", False),
        (None, False),
    ],
)
def test_a_loopback_address_is_reached_from_here_alone(address, only):
    assert only_here(address) is only
