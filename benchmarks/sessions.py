"""How much of the explaining remains when many sessions watch, and how quickly a click is answered meanwhile.

    python benchmarks/sessions.py [--rounds 3] [--seconds 12] [--root .] [--json]

Each watcher is a session with a photo of its own that explains it with Telea and looks at it as a browser would
(`light_client.py`); "0" is one session that does not look until it is over. The pictures that the model is asked for
are counted in the server. Rounds take the cells in turn, so that ratios are of the same minutes. A click is the choice
of a sample, by one more session. ``--root`` measures another checkout.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np

from benchmarks.light_client import LightClient
from benchmarks.server import Server

CELLS = (0, 1, 4, 16)
CLICKED, CLICKS = 8, 12
SETTLE_S, QUIET_S = 3.0, 3.0
COUNTER = """
import os, struct, sys
sys.path.insert(0, os.getcwd())
from crackxai.model.classifier import CrackModel
from streamlit.web.cli import main
out, asked, total = os.open(os.environ["COUNTER"], os.O_RDWR), CrackModel.predict, [0]
def predict(self, images):
    answer = asked(self, images)
    total[0] += len(images)
    os.pwrite(out, struct.pack("q", total[0]), 0)
    return answer
CrackModel.predict = predict
sys.exit(main())
"""


class Counter:
    """Pictures that the server's model was asked for."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(struct.pack("q", 0))
        self._path = path

    def __call__(self) -> int:
        return int(struct.unpack("q", self._path.read_bytes())[0])


def photo(seed: int) -> bytes:
    """A drawn wall of its own, PNG."""
    rng = np.random.default_rng(seed)
    wall = cv2.resize(rng.normal(150, 18, (60, 60, 3)).clip(0, 255).astype(np.uint8), (480, 480))
    points = np.cumsum(rng.normal((0, 16), (9, 3), (31, 2)), axis=0) + np.array((240, 0))
    cv2.polylines(wall, [points.astype(np.int32)], False, (40, 40, 40), 4)
    return bytes(cv2.imencode(".png", wall)[1])


@contextlib.asynccontextmanager
async def explaining(server: Server, counter: Counter, count: int, watching: bool, seed: int) -> AsyncIterator[None]:
    """So many sessions, each with a run of its own under way; afterwards they are cancelled and closed."""
    async with contextlib.AsyncExitStack() as stack:
        clients = [await explain(stack, server, watching, seed, number) for number in range(count)]
        await asyncio.sleep(SETTLE_S)
        yield
        for client in clients:
            with contextlib.suppress(LookupError):  # one that is drawn anew just now
                await client.press("cancel")
    await quiet(counter)


async def explain(
    stack: contextlib.AsyncExitStack, server: Server, watching: bool, seed: int, number: int
) -> LightClient:
    query = "lang=en&masker=inpaint_telea&max_evals=20000"
    client = await stack.enter_async_context(LightClient(server.address, query, watching))
    await client.upload([(f"wall-{seed}-{number}.png", photo(100 * seed + number))])
    await client.press("explain")
    return client


async def quiet(counter: Counter) -> None:
    """Until the jobs of the sessions that left have ended."""
    before, since = counter(), time.monotonic()
    while time.monotonic() - since < QUIET_S:
        await asyncio.sleep(0.3)
        if counter() != before:
            before, since = counter(), time.monotonic()


async def rate(server: Server, counter: Counter, watchers: int, seconds: float, seed: int) -> float:
    async with explaining(server, counter, max(1, watchers), watchers > 0, seed):
        # From the end of one batch to the end of another: they are long.
        ends = [(time.perf_counter(), counter())]
        until = ends[0][0] + seconds
        while time.perf_counter() < until or len(ends) < 4:
            await asyncio.sleep(0.02)
            if (now := counter()) != ends[-1][1]:
                ends.append((time.perf_counter(), now))
        (began, before), (ended, after) = ends[1], ends[-1]
        return (after - before) / (ended - began)


async def clicks(server: Server, counter: Counter, watchers: int, seed: int) -> list[float]:
    async with LightClient(server.address, "lang=en") as other, explaining(server, counter, watchers, True, seed):
        times = []
        for number in range(CLICKS):
            times.append(await other.press(f"sample-{number % 8 + 1}"))
            await asyncio.sleep(0.5)
        return times[1:]


async def measure(
    server: Server, counter: Counter, cells: list[int], rounds: int, seconds: float
) -> dict[str, dict[int, list[float]]]:
    await rate(server, counter, 0, 3, 0)  # warms up
    rates: dict[int, list[float]] = {cell: [] for cell in cells}
    answers: dict[int, list[float]] = {1: [], CLICKED: []}
    for number in range(1, rounds + 1):
        for place, cell in enumerate(cells):
            rates[cell].append(await rate(server, counter, cell, seconds, 10 * number + place))
            print(f"round {number}, {cell} watchers: {rates[cell][-1]:.1f} evaluations/s", file=sys.stderr, flush=True)
    for place, cell in enumerate(answers):
        answers[cell] = await clicks(server, counter, cell, 1000 + place)
        print(f"clicks, {cell} watchers: {told(answers[cell], '.2f')} s", file=sys.stderr, flush=True)
    return {"rates": rates, "clicks": answers}


def told(values: list[float], form: str) -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument(
        "--cells", type=int, nargs="+", default=CELLS, help="watchers; the first is what others relate to"
    )
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counter = Counter(Path(folder) / "count")
        with Server(
            args.root, Path(folder) / "log.txt", ("-c", COUNTER), COUNTER=str(Path(folder) / "count")
        ) as server:
            found = asyncio.run(measure(server, counter, args.cells, args.rounds, args.seconds))
    if args.json:
        print(json.dumps({"cores": os.cpu_count()} | found, indent=2))
        return
    print(f"{os.cpu_count()} cores; median (least–most) of {args.rounds} rounds")
    print(f"{'watchers':>8}  {'evaluations/s':<22} of unwatched")
    for cell, values in found["rates"].items():
        ratios = [value / alone for value, alone in zip(values, found["rates"][args.cells[0]], strict=True)]
        print(f"{cell:>8}  {told(values, '.1f'):<22} {told(ratios, '.2f')}")
    for cell, values in found["clicks"].items():
        print(f"a click while {cell} watch: {told([1000 * value for value in values], '.0f')} ms")


if __name__ == "__main__":
    main()
