"""What decoding takes in memory, and that all decodes of a process share it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crackxai import PhotoError, read_photo
from crackxai.photo import reading
from crackxai.photo.formats import find
from crackxai.photo.memory import DECODE_BYTES, MemoryBudget
from tests.photo.test_reading import coded
from tests.photo.tiffs import one

ROOT = Path(__file__).parents[2]
PEAK = """
import sys, resource
from crackxai.photo import read_photo
from crackxai.photo.formats import find
data, small = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read()
read_photo(small)  # what a format needs once
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read_photo(data)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, find(data).needed)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ru_maxrss is in other units elsewhere")
@pytest.mark.parametrize("kind", ["16-bit PNG", "turned JPEG", "palette PNG", "half-size JPEG"])
def test_a_decode_takes_what_it_said(tmp_path, kind):
    """Files of some kilobytes that hold 24 megapixels; 37 kB of 16-bit PNG once took 294 MB."""
    exif = Image.Exif()
    exif[0x0112] = 6
    made = {
        "16-bit PNG": lambda h, w: coded("PNG", Image.fromarray(np.full((h, w), 40_000, np.uint16))),
        "turned JPEG": lambda h, w: coded("JPEG", Image.new("RGB", (w, h), (90, 80, 70)), exif=exif),
        "palette PNG": lambda h, w: coded("PNG", Image.new("P", (w, h))),
        "half-size JPEG": lambda h, w: coded("JPEG", Image.new("L", (w * 2, h * 9 // 4))),
    }[kind]
    (tmp_path / "large").write_bytes(made(4000, 6000))
    (tmp_path / "small").write_bytes(made(64, 64))
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path / "large", tmp_path / "small"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    peak_kb, needed = map(int, done.stdout.split())
    assert peak_kb * 1024 < needed + 24 * 2**20
    assert needed < 190 * 2**20


LITTLE = """
import resource, sys
from crackxai.photo import read_photo
from crackxai.errors import PhotoError
data, small = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read()
read_photo(small)
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 40 * 2**20, -1))
try:
    read_photo(data, "wall")
except PhotoError as error:
    print(error.message.name)
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
print(read_photo(data, "wall").rgb.shape)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of memory are the system's")
@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP", "16-bit TIFF", "TIFF"])
def test_too_little_memory_is_no_damage(tmp_path, fmt):
    if fmt == "16-bit TIFF":
        large, small = (one(np.full((h, h), 40_000, np.uint16)) for h in (4500, 64))
    else:
        options = {"compression": "tiff_lzw"} if fmt == "TIFF" else {}
        large, small = (coded(fmt, Image.new("RGB", (h, h), (90, 80, 70)), **options) for h in (4500, 64))
    (tmp_path / "large").write_bytes(large)
    (tmp_path / "small").write_bytes(small)
    done = subprocess.run(
        [sys.executable, "-c", LITTLE, tmp_path / "large", tmp_path / "small"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.split("\n")[:2] == ["photo-error.memory", "(4500, 4500, 3)"]


def test_what_needs_too_much_is_refused_before_it_is_decoded():
    header = bytearray(one(np.zeros((40, 40, 3), np.float64)))
    for tag in (256, 257):
        at = header.index(tag.to_bytes(2, "little") + b"\x04\0\1\0\0\0")
        header[at + 8 : at + 12] = (9000).to_bytes(4, "little")
    with pytest.raises(PhotoError, match=r"at most 1024 MB when decoded, received 2085 MB for 9000 x 9000 pixels"):
        read_photo(bytes(header))


def test_the_budget_is_never_exceeded_and_all_is_given_back():
    budget, most, lock = MemoryBudget(100), [0], threading.Lock()
    inside = [0]

    def take(needed: int) -> None:
        for _ in range(30):
            with budget.take(needed):
                with lock:
                    inside[0] += min(needed, 100)
                    most[0] = max(most[0], inside[0])
                with lock:
                    inside[0] -= min(needed, 100)

    threads = [threading.Thread(target=take, args=(needed,)) for needed in (10, 30, 60, 90, 100, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert 0 < most[0] <= 100
    assert budget.taken == 0


def test_what_fails_gives_its_memory_back():
    budget = MemoryBudget(100)
    with pytest.raises(RuntimeError), budget.take(100):
        raise RuntimeError
    with budget.take(100):
        assert budget.taken == 100


def test_decodes_wait_for_each_other(monkeypatch):
    """Two photos that need more than half of the budget each are never decoded at the same time."""
    data = coded("PNG", Image.new("RGB", (64, 48)))
    monkeypatch.setattr(reading, "decodes", MemoryBudget(find(data).needed * 3 // 2))
    decode, at_once, most = reading._decode, [0], [0]
    second = threading.Event()

    def watched(found):
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        second.wait(0.2)  # long enough for the other to come in, if it were let
        result = decode(found)
        at_once[0] -= 1
        return result

    monkeypatch.setattr(reading, "_decode", watched)
    threads = [threading.Thread(target=read_photo, args=(data,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [1]
    assert DECODE_BYTES >= 7 * 100_000_000  # so that every photo of MAX_PIXELS in 8-bit colour can be read
