"""What nobody asked for, done while nobody waits for something: explanations, and preparations of the server.

Knows no Streamlit.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Hashable

from crackxai.explain.methods import AnytimeExplainer

log = logging.getLogger(__name__)

STEP = 50
"""Evaluations between two looks at whether somebody waits: about a second."""
LOOK_S = 0.5
SETTLE_S = 5.0
"""Seconds after which a page that was opened is at rest."""


class IdleWork:
    """Threads that take explainers further, a step at a time, and prepare what will be needed.

    Parameters
    ----------
    idle : whether nothing that was asked for is under way or waits.
    pause : waits for so many seconds.
    """

    def __init__(self, idle: Callable[[], bool], pause: Callable[[float], None] = time.sleep) -> None:
        self._idle, self._pause = idle, pause
        self._under_way: dict[Hashable, threading.Thread] = {}
        self._lock = threading.Lock()
        self._closed = False
        # A thread that computes while Python ends takes the process down with an abort.
        atexit.register(self.close)

    def offer(self, key: Hashable, explainer: AnytimeExplainer, total: int, wanted: Callable[[], bool]) -> None:
        """Take ``explainer`` to ``total`` evaluations some time, if that is not under way already.

        It ends where ``wanted`` says no, and may be offered again.
        """
        with self._lock:
            if self._closed or key in self._under_way or explainer.evaluations >= total:
                return
            thread = threading.Thread(
                target=self.work, args=(key, explainer, total, wanted), name="idle-explain", daemon=True
            )
            self._under_way[key] = thread
            thread.start()

    def prepare(self, key: Hashable, work: Callable[[], object]) -> None:
        """Do ``work`` once nobody waits, if that is not under way already."""
        with self._lock:
            if self._closed or key in self._under_way:
                return
            thread = threading.Thread(target=self.once, args=(key, work), name="idle-prepare", daemon=True)
            self._under_way[key] = thread
            thread.start()

    def once(self, key: Hashable, work: Callable[[], object]) -> None:
        """What `prepare` does in a thread of its own."""
        try:
            self._pause(SETTLE_S)  # the page is drawn, and its first explanation, if any, is asked for
            while not self._closed and not self._idle():
                self._pause(LOOK_S)
            if not self._closed:
                work()
        except Exception:
            log.info("idle-prepare", exc_info=True)
        finally:
            with self._lock:
                self._under_way.pop(key, None)

    def close(self) -> None:
        """End within a step."""
        with self._lock:
            self._closed = True
            threads = list(self._under_way.values())
        for thread in threads:
            if thread.is_alive():
                thread.join(10)

    def work(self, key: Hashable, explainer: AnytimeExplainer, total: int, wanted: Callable[[], bool]) -> None:
        """What `offer` does in a thread of its own."""
        try:
            while explainer.evaluations < total and not self._closed:
                # First of all the page is drawn.
                self._pause(LOOK_S)
                if not wanted():
                    break
                if self._idle():
                    explainer.advance(min(explainer.evaluations + STEP, total))
        except Exception:
            # Nobody asked for it, so nobody is told; who asks for the same gets the error on the page.
            log.info("idle-explain", exc_info=True)
        finally:
            with self._lock:
                self._under_way.pop(key, None)
