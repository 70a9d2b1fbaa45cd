"""What was freed goes back to the operating system."""

from __future__ import annotations

import subprocess
import sys

import pytest

HELD_BACK = """
import psutil
from crackxai.ui.freed_memory import give_back

def resident():
    return psutil.Process().memory_info().rss >> 20

# Blocks below the size that glibc maps one by one, with a small one that stays after each.
blocks, stay = [], []
for _ in range(3000):
    blocks.append(bytearray(100_000))
    stay.append(bytearray(100))
full = resident()
# The last of them stays, too: what lies above it is all that glibc returns by itself.
stay.append(blocks.pop())
blocks.clear()
kept = resident()
give_back()
print(full, kept, resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc")
def test_freed_blocks_between_others_go_back():
    told = subprocess.run([sys.executable, "-c", HELD_BACK], capture_output=True, text=True, check=True).stdout
    full, kept, after = map(int, told.split())
    assert kept > full - 100  # 300 MB were freed, and kept by the C library
    assert after < full - 200


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_need_none(monkeypatch, platform):
    from crackxai.ui import freed_memory

    monkeypatch.setattr(freed_memory.sys, "platform", platform)
    monkeypatch.setattr(freed_memory.ctypes, "CDLL", lambda _: pytest.fail("asked the C library"))
    freed_memory.give_back()
