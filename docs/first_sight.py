"""Makes the explanation anew that a visitor sees first; to be run whenever the bundled model or the samples change.

python docs/first_sight.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from crackxai import load_model, read_photo
from crackxai.explain.explainer import Explainer
from crackxai.explain.series import series
from crackxai.files import write_file
from crackxai.ui import resources
from crackxai.ui.first_sight import BUDGETS, KEPT, SAMPLE, SETTINGS


def main() -> None:
    """Explain the sample with the bundled model and keep the maps."""
    item = resources.samples()[SAMPLE - 1]
    run = Explainer(load_model(), read_photo(item.data, item.name), SETTINGS)
    run.advance()
    write_file(KEPT, series(run, BUDGETS).to_npz())
    print(f"{KEPT}: {KEPT.stat().st_size:,} bytes, of the model {run.explanation().model_fingerprint[:12]}")


if __name__ == "__main__":
    main()
