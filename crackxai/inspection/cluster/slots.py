"""How many workers a node has, and what each may take of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CORES = 1
"""Of a worker without a GPU: half of a photo's time is Python's, which threads of one process only share
(`benchmarks/ray.md`). It takes about half a gigabyte."""


@dataclass(frozen=True)
class Slot:
    """A worker's place. cpus : cores of it, as Ray counts them. threads : that it computes in."""

    node: str
    number: int
    cpus: float
    gpus: float

    @property
    def threads(self) -> int:
        return max(1, int(self.cpus))


def slots_of(node: str, resources: Mapping[str, float], per_node: int = 0) -> list[Slot]:
    """The workers of a node: one for each GPU where there are some, else one for each core.

    They reserve all cores of it together and no more, so that a laptop of two has two that compute in one thread each.
    A node without cores (``--num-cpus=0``) has none.

    Parameters
    ----------
    resources : as Ray tells them: CPU, GPU. per_node : workers, whatever there is; 0: as above.
    """
    cores, gpus = resources.get("CPU", 0.0), int(resources.get("GPU", 0))
    if cores <= 0:
        return []
    count = per_node or gpus or max(1, round(cores / CORES))
    share = cores / count
    # Ray lends more than one core only as a whole.
    cpus = float(int(share)) if share >= 1 else int(share * 100) / 100
    return [Slot(node, number, cpus, min(1.0, gpus / count)) for number in range(count)]
