"""The command line: the same work as the pages, without a browser."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence

from crackxai.arguments import parse
from crackxai.commands.audit import audit
from crackxai.commands.average import average
from crackxai.commands.benchmark_maps import benchmark_maps
from crackxai.commands.composites import composites
from crackxai.commands.crossvalidate import crossvalidate
from crackxai.commands.decided import decided
from crackxai.commands.evaluate import evaluate
from crackxai.commands.explain import explain
from crackxai.commands.import_ import import_
from crackxai.commands.inspect_folder import inspect
from crackxai.commands.inspections import inspections
from crackxai.commands.marker import marker
from crackxai.commands.measure import measure
from crackxai.commands.mosaics import mosaics
from crackxai.commands.people import people
from crackxai.commands.predict import predict
from crackxai.commands.report import report
from crackxai.commands.samples import samples
from crackxai.commands.sanity import sanity
from crackxai.commands.scan import scan
from crackxai.commands.terminal import FAILED, OK, SOME_FAILED, prepare_streams, say
from crackxai.commands.train import train
from crackxai.commands.ui import ui
from crackxai.commands.verify import verify
from crackxai.errors import CrackXAIError

__all__ = ["FAILED", "OK", "SOME_FAILED", "main"]

INTERRUPTED, READER_GONE = 130, 141
"""As a shell calls a command that was stopped by Ctrl-C, or whose reader, such as ``head``, has gone."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: all done; 1: some photos could not be used, the rest is done; 2: nothing was done."""
    # TensorFlow's start-up messages are about its build, not about the user's work.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    prepare_streams()
    arguments = sys.argv[1:] if argv is None else list(argv)
    args = parse_arguments(arguments)
    args.command_line = "python -m crackxai " + shlex.join(arguments)
    run: Callable[..., int] = args.run
    try:
        status = run(args)
        sys.stdout.flush()
    except CrackXAIError as error:
        say(f"error: {error}")
        return FAILED
    except BrokenPipeError:
        # Python flushes once more when it ends; there is nobody to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        say(f"error: {place}{error.strerror or error}. Check the path, its rights and the disk.")
        return FAILED
    except KeyboardInterrupt:
        say("stopped")
        return INTERRUPTED
    return status


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """What was written after ``python -m crackxai``; ``run`` is the command."""
    return parse(
        arguments,
        *(
            predict,
            explain,
            scan,
            marker,
            verify,
            sanity,
            inspect,
            inspections,
            audit,
            report,
            import_,
            decided,
            people,
        ),
        *(train, average, crossvalidate, evaluate, measure, benchmark_maps),
        *(samples, composites, mosaics, ui),
    )
