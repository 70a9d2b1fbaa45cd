"""Filling in ahead of the model: while the network works on one batch, idle cores inpaint what will be asked next."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.maskers import Inpainting, Masks, Picture, hidden_pixels, pool


class PrefetchedInpainting:
    """Inpainting of one picture, with the fills of masks that were announced made in the background.

    Gives what `Inpainting.fill` gives. It pays where the network leaves cores idle: beside a GPU. Where the network
    computes on the same cores, a fill that is then not asked for only takes time from it.
    """

    def __init__(self, masker: Inpainting, image: Picture) -> None:
        self._masker = masker
        self._image = image
        self._prefetched: dict[bytes, Future[Picture]] = {}
        self.hits = self.misses = 0
        """Fills that were announced before they were asked for, and others."""

    def fill(self, visible: Masks) -> Picture:
        """(N, H, W) or (N, H, W, 3) bool -> (N, H, W, 3) float32, 0-255."""
        masks = hidden_pixels(visible)
        keys = [mask.tobytes() for mask in masks]
        # What is asked for now goes before what was only expected.
        self._keep_only(set(keys), running_too=False)
        futures = []
        for key, mask in zip(keys, masks, strict=True):
            known = self._prefetched.pop(key, None)
            self.hits += known is not None
            self.misses += known is None
            futures.append(known or self._submit(mask))
        out = np.empty((*masks.shape, 3), dtype=np.float32)
        for i, future in enumerate(futures):
            out[i] = future.result()
        return out

    def expect(self, visible: Masks) -> None:
        """Start on these masks, most likely ones first, and forget the ones expected before that are not among them."""
        masks = {mask.tobytes(): mask for mask in hidden_pixels(visible)}
        self._keep_only(set(masks), running_too=True)
        for key, mask in masks.items():
            if key not in self._prefetched:
                self._prefetched[key] = self._submit(mask)

    def _submit(self, mask: NDArray[np.uint8]) -> Future[Picture]:
        return pool().submit(self._masker.fill_one, self._image, mask)

    def _keep_only(self, keys: set[bytes], running_too: bool) -> None:
        for key in self._prefetched.keys() - keys:
            if self._prefetched[key].cancel() or running_too:
                del self._prefetched[key]
