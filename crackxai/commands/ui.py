"""``ui``: the dashboard in the browser."""

from __future__ import annotations

import argparse
from typing import NoReturn


def ui(args: argparse.Namespace) -> NoReturn:
    """Start the dashboard and open it in the browser."""
    from crackxai.ui.server import serve

    options = list(args.options)
    if args.port is not None:
        options += ["--server.port", str(args.port)]
    if args.address is not None:
        options += ["--server.address", args.address]
    if args.no_browser:
        options += ["--server.headless", "true"]
    serve(options)
