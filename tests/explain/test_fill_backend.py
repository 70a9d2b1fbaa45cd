"""OpenCV fills until the compiled kernels are ready and shown equal, and for good where they are not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from crackxai.explain import compiled_fill
from crackxai.explain.fill_backend import METHODS, FillBackend, cv2_fill, equals_cv2
from crackxai.model.forking import can_fork, forking

ROOT = Path(__file__).parent.parent.parent
FILL = """
import os, sys, numpy as np
from crackxai.explain.fill_backend import METHODS, FillBackend, cv2_fill
backend = FillBackend(2, 4)
image, hidden = np.arange(300, dtype=np.uint8).reshape(10, 10, 3), np.eye(10, dtype=np.uint8)
def fill():
    for method in METHODS:
        assert (backend.fill(image, hidden, method) == cv2_fill(image, hidden, method)).all()
"""


@pytest.fixture
def image(rng) -> np.ndarray:
    return rng.integers(0, 256, (20, 24, 3)).astype(np.uint8)


@pytest.fixture
def hidden(rng) -> np.ndarray:
    return (rng.random((20, 24)) < 0.4).astype(np.uint8)


def prepared() -> None:
    """Wait for what a count has started."""
    for thread in threading.enumerate():
        if thread.name == "compile the fill":
            thread.join()


def in_a_new_process(script: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FILL + script],
        cwd=environment.pop("cwd", ROOT),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0


def test_nothing_is_prepared_before_it_would_pay(image, hidden, monkeypatch):
    backend = FillBackend(read_after=3, compile_after=5)
    monkeypatch.setattr(compiled_fill, "is_cached", lambda: False)
    for _ in range(5):
        assert not backend.compiled
        np.testing.assert_array_equal(backend.fill(image, hidden, METHODS[0]), cv2_fill(image, hidden, METHODS[0]))
        prepared()
    assert backend.compiled


def test_what_is_in_the_cache_is_taken_sooner(image, hidden, monkeypatch):
    backend = FillBackend(read_after=3, compile_after=5)
    monkeypatch.setattr(compiled_fill, "is_cached", lambda: True)
    for _ in range(3):
        assert not backend.compiled
        backend.fill(image, hidden, METHODS[0])
        prepared()
    assert backend.compiled
    for method in METHODS:
        np.testing.assert_array_equal(backend.fill(image, hidden, method), cv2_fill(image, hidden, method))


def test_once_compiled_they_are_in_the_cache():
    assert FillBackend().prepare()
    assert compiled_fill.is_cached()
    assert FillBackend().prepare(may_compile=False)


def test_compiled_aside_they_are_only_read_here(tmp_path):
    """A copy of the program, so that nothing is in its cache."""
    shutil.copytree(ROOT / "crackxai", tmp_path / "crackxai", ignore=shutil.ignore_patterns("__pycache__", "bundled"))
    in_a_new_process(
        """
from crackxai.explain import compiled_fill
assert compiled_fill.__file__.startswith(os.getcwd())
assert not compiled_fill.is_cached()
assert backend.prepare_aside()
assert compiled_fill.is_cached()
assert compiled_fill.telea.stats.cache_hits and not compiled_fill.telea.stats.cache_misses
fill()
""",
        cwd=str(tmp_path),
    )


@pytest.mark.parametrize("prepare", ["prepare", "prepare_aside"])
def test_a_process_ends_when_what_has_begun_is_done(prepare, tmp_path):
    """Not amid native code, which would abort it: whatever it had done, its exit status would be that of a crash."""
    done = tmp_path / "done"
    in_a_new_process(
        f"""
import pathlib, threading, time
from crackxai.explain import fill_backend
begun = threading.Event()
def equals(fill):
    begun.set()
    time.sleep(1)
    pathlib.Path({str(done)!r}).touch()
    return True
fill_backend.equals_cv2 = equals
threading.Thread(target=backend.{prepare}, daemon=True).start()
assert begun.wait(60)
"""
    )
    assert done.exists()


@pytest.mark.parametrize("executable", ["", sys.executable + "-that-is-not-there"])
def test_what_cannot_be_compiled_aside_waits_for_its_turn(image, hidden, monkeypatch, executable):
    monkeypatch.setattr(compiled_fill, "is_cached", lambda: False)
    monkeypatch.setattr(sys, "executable", executable)
    backend = FillBackend()
    assert not backend.prepare_aside()
    np.testing.assert_array_equal(backend.fill(image, hidden, METHODS[0]), cv2_fill(image, hidden, METHODS[0]))
    assert backend.prepare()


def test_one_differing_byte_and_opencv_goes_on(image, hidden, monkeypatch):
    right = compiled_fill.inpaint

    def almost(image, hidden, method):
        filled = right(image, hidden, method)
        if hidden.shape == (150, 151) and method == METHODS[1]:
            filled[tuple(np.argwhere(hidden)[-1])] ^= 1
        return filled

    monkeypatch.setattr(compiled_fill, "inpaint", almost)
    assert not equals_cv2(almost)
    backend = FillBackend()
    assert not backend.prepare()
    monkeypatch.undo()
    assert equals_cv2(compiled_fill.inpaint)
    assert not backend.prepare()  # it does not change its mind
    np.testing.assert_array_equal(backend.fill(image, hidden, METHODS[1]), cv2_fill(image, hidden, METHODS[1]))


def test_what_cannot_be_compiled_is_not_used(image, hidden, monkeypatch):
    def fails(*_):
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(compiled_fill, "telea", fails)
    backend = FillBackend(1, 2)
    for _ in range(4):
        np.testing.assert_array_equal(backend.fill(image, hidden, METHODS[0]), cv2_fill(image, hidden, METHODS[0]))
        prepared()
    assert not backend.compiled


def test_without_numba():
    in_a_new_process("""
sys.modules["numba"] = None
fill()
assert not backend.prepare()
fill()
assert not backend.compiled
""")


def test_numba_waits_for_the_first_fills():
    in_a_new_process("""
assert "numba" not in sys.modules
backend.fill(image, hidden, METHODS[0])
assert "numba" not in sys.modules
""")


def test_where_no_cache_can_be_written(tmp_path):
    """Beside the source there is a file where the folder would be, and the user has no folder at all."""
    shutil.copytree(ROOT / "crackxai", tmp_path / "crackxai", ignore=shutil.ignore_patterns("__pycache__", "bundled"))
    (tmp_path / "crackxai" / "explain" / "__pycache__").touch()
    nowhere = str(tmp_path / "crackxai" / "errors.py" / "cache")
    in_a_new_process(
        """
from crackxai.explain import compiled_fill
assert compiled_fill.__file__.startswith(os.getcwd())
assert not compiled_fill.is_cached()
assert not backend.prepare(may_compile=False)
assert backend.prepare()
assert compiled_fill.telea.stats.cache_path is None
fill()
""",
        cwd=str(tmp_path),
        HOME=nowhere,
        XDG_CACHE_HOME=nowhere,
        LOCALAPPDATA=nowhere,
    )


def test_a_process_that_ends_while_kernels_are_compiled_ends_quietly():
    in_a_new_process("""
from crackxai.explain import compiling
compiling.kernel = compiling.helper  # without the cache
fill(), fill()
import time
time.sleep(1)
assert not backend.compiled
""")


@pytest.mark.skipif(not can_fork(), reason="this system does not fork")
def test_a_process_that_was_forked_meanwhile_does_not_wait(image, hidden):
    backend = FillBackend()
    with backend._preparing, forking():
        child = os.fork()
        if child == 0:
            same = (backend.fill(image, hidden, METHODS[0]) == cv2_fill(image, hidden, METHODS[0])).all()
            os._exit(0 if same and not backend.prepare() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert backend.prepare()


def test_from_many_threads_while_it_changes_over(image, rng):
    backend = FillBackend(read_after=4, compile_after=8)
    work = [((rng.random((20, 24)) < 0.5).astype(np.uint8), METHODS[i % 2]) for i in range(400)]
    with ThreadPoolExecutor(4) as pool:
        filled = list(pool.map(lambda each: backend.fill(image, *each), work))
    for (hidden, method), one in zip(work, filled, strict=True):
        np.testing.assert_array_equal(one, cv2_fill(image, hidden, method))
    prepared()
    assert backend.compiled


@pytest.mark.parametrize("shape", [(9, 1), (1, 1)])
def test_pictures_that_only_opencv_can_fill(shape, rng):
    backend = FillBackend()
    assert backend.prepare()
    image, hidden = rng.integers(0, 256, (*shape, 3)).astype(np.uint8), np.zeros(shape, dtype=np.uint8)
    hidden[0] = 1
    np.testing.assert_array_equal(backend.fill(image, hidden, METHODS[1]), cv2_fill(image, hidden, METHODS[1]))
