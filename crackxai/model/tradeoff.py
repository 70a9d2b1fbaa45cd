"""What a threshold costs, from the probabilities of photos whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crackxai.model.decision import check_rule, within_band
from crackxai.model.measurements import Scores


@dataclass(frozen=True)
class Cost:
    """Of a threshold, in photos.

    Attributes
    ----------
    cracked, sound : photos measured.
    missed : cracked ones below the threshold; flagged : sound ones at or above it.
    reviewed_cracked, reviewed_sound : of all, those within the review band.
    missed_unseen, flagged_unseen : the mistakes outside the band, which nobody looks at again.
    """

    cracked: int
    sound: int
    missed: int
    flagged: int
    reviewed_cracked: int
    reviewed_sound: int
    missed_unseen: int
    flagged_unseen: int


def cost(scores: Scores, threshold: float, band: float) -> Cost:
    """Of ``threshold`` with a review band of ``band`` to either side.

    Raises
    ------
    SettingsError : a threshold outside 0-1 or a negative band.
    """
    check_rule(threshold, band)
    cracked, sound = scores.cracked, scores.sound
    return Cost(
        cracked=len(cracked),
        sound=len(sound),
        missed=int((cracked < threshold).sum()),
        flagged=int((sound >= threshold).sum()),
        reviewed_cracked=int(within_band(cracked, threshold, band).sum()),
        reviewed_sound=int(within_band(sound, threshold, band).sum()),
        missed_unseen=int(((cracked < threshold) & ~within_band(cracked, threshold, band)).sum()),
        flagged_unseen=int(((sound >= threshold) & ~within_band(sound, threshold, band)).sum()),
    )


def reliability(scores: Scores, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability, share of cracked, photos) of each bin of equal width that holds any.

    The reliability diagram of DeGroot and Fienberg (1983), as in Guo et al., ICML 2017, figure 1.
    """
    p, truth = scores.probabilities, scores.labels
    which = np.minimum((p * bins).astype(int), bins - 1)
    return [
        (float(p[which == b].mean()), float(truth[which == b].mean()), int((which == b).sum()))
        for b in range(bins)
        if (which == b).any()
    ]
