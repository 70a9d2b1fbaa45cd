"""What builders leave that looks like a crack and is none: joints, bonds, boards, holes, cables, edges.

Each function takes a (side, side, 3) float32 picture, RGB, 0-255, and gives one.
"""

from __future__ import annotations

import numpy as np

from crackxai.samples.shapes import band, curve, grid, laid, ragged, soft, tinted, tones
from crackxai.samples.surface import noise, octaves

BRICKS = ((150, 84, 66), (176, 110, 84), (120, 72, 60), (196, 168, 130), (150, 146, 140), (108, 104, 104))
TILES = ((206, 200, 190), (170, 172, 176), (126, 120, 116), (216, 206, 184), (150, 120, 100), (96, 104, 110))
CABLES = ((30, 30, 32), (60, 60, 64), (190, 190, 188), (150, 100, 60), (200, 196, 180), (96, 110, 120))


def formwork(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Panel joints of formwork: straight fins or grooves, panels of different tones, tie holes."""
    side = len(picture)
    x, y = grid(rng, side)
    wide, high = rng.uniform(0.35, 1.2, 2)
    column, row = x / wide + rng.uniform(0, 1), y / high + rng.uniform(0, 1)
    panel = tones(rng, (np.floor(column) * 31 + np.floor(row) * 7).astype(int), rng.uniform(0.01, 0.07))
    shade = panel
    width = rng.uniform(0.003, 0.012)
    depth = rng.uniform(0.12, 0.6)
    for at, size in ((column, wide), (row, high)):
        distance = (at - np.rint(at)) * size + ragged(rng, side, 0.0008)
        if rng.random() < 0.5:
            shade = shade * (1 - depth * band(distance, width, 0.0015))
        else:
            fin = np.exp(-((distance / width) ** 2))
            shade = shade * (1 + fin * np.tanh(distance / width) * depth * 0.6)
    if rng.random() < 0.5:
        hole = np.hypot((column % 1 - 0.25) * wide, (row % 1 - 0.3) * high)
        shade = shade * _hole(hole, rng.uniform(0.012, 0.03), rng)
    return np.asarray(picture * shade[..., None], dtype=np.float32)


def tie_holes(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Round dark holes, some plugged, with a ring and a run below."""
    side = len(picture)
    x, y = grid(rng, side)
    shade = np.ones((side, side), dtype=np.float32)
    for _ in range(rng.integers(1, 5)):
        at = rng.uniform(0.1, 0.9, 2)
        shade = shade * _hole(np.hypot(x - at[0], y - at[1]), rng.uniform(0.01, 0.045), rng)
    return np.asarray(picture * shade[..., None], dtype=np.float32)


def _hole(distance: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    depth = rng.uniform(0.3, 0.85)
    ring = 1 + rng.uniform(0, 0.2) * np.exp(-(((distance - 1.3 * radius) / (0.25 * radius)) ** 2))
    return np.asarray((1 - depth * soft(distance - radius, 0.0025)) * ring, dtype=np.float32)


def boards(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The print of formwork boards: bands of different tones, grain along them, fine dark seams, butt joints."""
    side = len(picture)
    x, y = grid(rng, side)
    if rng.random() < 0.5:
        x, y = y, x
    wide = rng.uniform(0.07, 0.24)
    at = x / wide + rng.uniform(0, 1)
    board = np.floor(at).astype(int)
    seam = (at - np.rint(at)) * wide + ragged(rng, side, 0.0006)
    # Grain runs along the boards: noise that changes across them alone.
    grain = np.interp(x.ravel() * side % side, np.arange(side), noise(rng, side, 60)[0]).reshape(side, side)
    shade = tones(rng, board, rng.uniform(0.02, 0.09)) * (1 + rng.uniform(0.01, 0.06) * grain)
    shade = shade * (1 - rng.uniform(0.15, 0.6) * band(seam, rng.uniform(0.002, 0.009), 0.0015))
    long = rng.uniform(0.5, 1.5)
    butt = (y / long + tones(rng, board, 0.5)) % 1
    ends = band((butt - 0.5) * long, rng.uniform(0.002, 0.006), 0.0015)
    return np.asarray(picture * (shade * (1 - rng.uniform(0.1, 0.5) * ends))[..., None], dtype=np.float32)


def expansion_joint(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One straight joint, filled or open, with ragged or sharp edges."""
    side = len(picture)
    distance = curve(rng, side, 0, straight=rng.random() < 0.7)
    width = np.exp(rng.uniform(np.log(0.004), np.log(0.05)))
    cover = band(distance + ragged(rng, side, rng.choice([0, 0.0006, 0.002])), width, rng.uniform(0.0015, 0.004))
    tone = np.exp(rng.uniform(np.log(0.15), np.log(1.4)))
    filler = picture.mean(axis=(0, 1)) * tone * (1 + 0.04 * noise(rng, side, side // 4))[..., None]
    joint = laid(picture, cover * np.float32(rng.uniform(0.5, 1)), filler)
    lip = band(distance - width / 2 - 0.004, 0.004, 0.002) * np.float32(rng.uniform(-0.2, 0.25))
    return np.asarray(joint * (1 + lip)[..., None], dtype=np.float32)


def saw_cut(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fine, dead straight cuts or parallel grooves, as of a saw, a rake or a grooved deck."""
    side = len(picture)
    distance = curve(rng, side, 0, straight=rng.random() < 0.5)
    if rng.random() < 0.6:
        pitch = rng.uniform(0.03, 0.2)
        distance = (distance / pitch - np.rint(distance / pitch)) * pitch
    width = rng.uniform(0.002, 0.012)
    depth = rng.uniform(0.15, 0.8) * (1 + 0.25 * np.clip(octaves(rng, side, 4, 3, 0.6), -1, 1))
    return np.asarray(picture * (1 - np.clip(depth, 0, 0.95) * band(distance, width, 0.0015))[..., None], np.float32)


def bond(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bricks or blocks in running bond with mortar joints, or tiles and slabs in a grid."""
    side = len(picture)
    x, y = grid(rng, side)
    running = rng.random() < 0.6
    high = np.exp(rng.uniform(np.log(0.07), np.log(0.4)))
    wide = high * (rng.uniform(1.8, 3.4) if running else rng.choice([1, 1, 1.5, 2]))
    row = np.floor(y / high + rng.uniform(0, 1)) if running else np.floor(y / high)
    down = (y / high) % 1
    across = (x / wide + (0.5 * (row % 2) if running else 0)) % 1
    edge = np.minimum(np.minimum(down, 1 - down) * high, np.minimum(across, 1 - across) * wide)
    rough = rng.choice([0.0003, 0.001, 0.003])
    mortar = soft(edge + ragged(rng, side, rough) - rng.uniform(0.002, 0.014), rng.uniform(0.0012, 0.004))
    number = (row * 131 + np.floor(x / wide + (0.5 * (row % 2) if running else 0)) * 17).astype(int)
    palette = BRICKS if running else TILES
    colour = np.array(palette[rng.integers(len(palette))], np.float32) * np.float32(rng.uniform(0.75, 1.15))
    stone = colour * tones(rng, np.abs(number), rng.uniform(0.01, 0.14))[..., None]
    body = laid(picture, np.ones_like(edge), stone, keep=float(rng.uniform(0.4, 1)))
    filler = np.float32(np.exp(rng.uniform(np.log(0.25), np.log(1.7)))) * picture
    if rng.random() < 0.3:
        # The joints of a rendered or painted wall show through it.
        filler, body = picture * np.float32(rng.uniform(0.7, 0.95)), picture
    return laid(body, mortar, np.clip(filler, 0, 245))


def cable(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cables, wires and pipes with their shadows; plumb lines and ropes."""
    side = len(picture)
    for _ in range(rng.integers(1, 4)):
        distance = curve(rng, side, rng.choice([0, 0, 0.02, 0.08]), straight=rng.random() < 0.5)
        width = np.exp(rng.uniform(np.log(0.004), np.log(0.09)))
        offset, blur = rng.uniform(-1.5, 1.5) * (width + 0.01), rng.uniform(0.003, 0.02)
        if rng.random() < 0.7:
            picture = (
                picture * (1 - np.float32(rng.uniform(0.15, 0.55)) * band(distance - offset, width, blur))[..., None]
            )
        round_ = np.clip(1 - (2 * distance / width) ** 2, 0, 1) ** 0.5
        shine = 0.55 + 0.6 * np.clip(round_ - rng.uniform(0, 1.2) * distance / width, 0, 1.2)
        colour = np.array(CABLES[rng.integers(len(CABLES))], np.float32) * shine[..., None].astype(np.float32)
        picture = laid(picture, band(distance, width, 0.0015), np.clip(colour, 0, 250))
    return picture


def opening(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The edge of a window, door, beam or slab: another plane of another tone, with a frame or a dark gap."""
    side = len(picture)
    distance = curve(rng, side, 0, straight=rng.random() < 0.8)
    other = picture[::-1] * np.float32(np.exp(rng.uniform(np.log(0.25), np.log(1.5))))
    if rng.random() < 0.3:
        other = np.asarray(
            np.full_like(picture, rng.uniform(15, 235)) * (1 + 0.03 * noise(rng, side, 6))[..., None], np.float32
        )
    picture = laid(picture, soft(distance, 0.0015), np.clip(other, 0, 250))
    if rng.random() < 0.7:
        tone = np.float32(np.exp(rng.uniform(np.log(0.2), np.log(1.6))))
        frame = np.clip(picture.mean(axis=(0, 1)) * tone, 0, 245) * np.ones_like(picture)
        picture = laid(picture, band(distance, rng.uniform(0.003, 0.06), 0.0015), frame, keep=0.2)
    soft_shadow = soft(np.abs(distance - 0.03), rng.uniform(0.01, 0.05)) * np.float32(rng.uniform(0, 0.5))
    return np.asarray(picture * tinted(1 - soft_shadow, (1.05, 1.0, 0.93)), dtype=np.float32)


BUILT = {
    "formwork": formwork,
    "tie holes": tie_holes,
    "boards": boards,
    "expansion joint": expansion_joint,
    "saw cut": saw_cut,
    "bond": bond,
    "cable": cable,
    "opening": opening,
}
"""By name."""
