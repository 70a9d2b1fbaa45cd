"""What many sessions with large photos take of the server's memory, and what is left of it after they closed.

    python benchmarks/memory.py [--sessions 20] [--photos 10] [--root .] [--json]

Each session uploads ten different JPEG photos of 24 megapixels, one drop after another, and looks at each of them;
all stay open until the last is done, then all close. Told are the server's resident memory: at rest (model loaded,
after one visit), at its peak, with all sessions open and idle, and a minute after they closed.
``--root`` measures another checkout.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np
import psutil

from benchmarks.light_client import LightClient
from benchmarks.server import Server

WIDTH, HEIGHT = 6000, 4000
AFTER_S = 60


def wall() -> bytes:
    """A 24-megapixel JPEG file of a drawn wall."""
    rng = np.random.default_rng(0)
    coarse = rng.normal(128, 20, (HEIGHT // 8, WIDTH // 8, 3))
    image = cv2.resize(coarse.clip(0, 255).astype(np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    image = cv2.add(image, rng.integers(0, 24, image.shape, dtype=np.uint8))
    cv2.line(image, (500, 0), (900, HEIGHT), (30, 30, 30), 12)
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])


def photos(drawn: bytes, session: int, count: int) -> list[tuple[str, bytes]]:
    """Files that differ, and are decoded each for itself: each with a comment of its own."""
    files = []
    for number in range(count):
        comment = f"wall {session} {number}".encode()
        segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
        files.append((f"wall-{session}-{number}.jpg", drawn[:2] + segment + drawn[2:]))
    return files


class Watch(threading.Thread):
    """The peak of a process's resident memory."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.process, self.peak, self.going = process, 0, True
        self.start()

    def run(self) -> None:
        while self.going and self.process.is_running():
            self.peak = max(self.peak, self.process.memory_info().rss)
            time.sleep(0.02)


async def measure(server: Server, sessions: int, count: int) -> dict[str, float]:
    process, drawn = psutil.Process(server.pid), wall()
    async with LightClient(server.address, "lang=en", watching=False) as first:
        await first.upload(photos(drawn, 10_000, 1))
    await asyncio.sleep(3)
    found = {"at rest": process.memory_info().rss}
    watch, sent, began = Watch(process), 0, time.monotonic()
    clients = [await LightClient(server.address, "lang=en").__aenter__() for _ in range(sessions)]
    refused = 0
    for number, client in enumerate(clients):
        files = photos(drawn, number, count)
        sent += sum(len(data) for _, data in files)
        for file in files:
            await client.upload([file])
            refused += sum("no room" in text for text in client.texts())
    found["seconds"] = time.monotonic() - began
    await asyncio.sleep(3)
    found |= {"files": sent, "peak": watch.peak, "open": process.memory_info().rss, "refused": refused}
    for client in clients:
        await client.__aexit__()
    closed = time.monotonic()
    await asyncio.sleep(AFTER_S - (time.monotonic() - closed))
    found["a minute after"] = process.memory_info().rss
    watch.going = False
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--photos", type=int, default=10)
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(args.root, Path(folder) / "log.txt") as server:
        found = asyncio.run(measure(server, args.sessions, args.photos))
    if args.json:
        print(json.dumps(found, indent=2))
        return
    print(
        f"{args.sessions} sessions of {args.photos} photos, {found['files'] / 2**20:,.0f} MB of files,"
        f" {found['refused']} refused; {found['seconds']:.0f} s"
    )
    for name in ("at rest", "peak", "open", "a minute after"):
        print(f"{name:<16} {found[name] / 2**20:8,.0f} MB")


if __name__ == "__main__":
    main()
