"""On the path of a test's workers: a photo with `MARK` in its bytes kills the worker that it is given to."""

from __future__ import annotations

import os
import signal

MARK = b"this photo is deadly"

if os.environ.get("CRACKXAI_TEST_DEADLY"):
    from crackxai.inspection.cluster.worker import Worker

    whole = Worker.answer

    def answer(self, task):
        if MARK in task.data:
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(self, task)

    Worker.answer = answer
