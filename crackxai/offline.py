"""What keeps the promise that everything stays on this computer: no package of ours reports that it was used."""

from __future__ import annotations

import sys
from typing import cast


def switch_off_statistics() -> None:
    """Before OpenVINO is imported: it does not report that to its makers, and leaves no client id in the home folder.

    OpenVINO has no setting for it but a file in the home folder. It works without its package of statistics, however,
    and to Python a module that is None in ``sys.modules`` is not installed.
    """
    cast("dict[str, object]", sys.modules).setdefault("openvino_telemetry", None)
