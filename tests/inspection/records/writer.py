"""A process that writes until it has written enough, or is killed: ``writer.py PLACE NAME COUNT``.

Each round is an inspection with a photo, a judgement and a sign-off, in two transactions, and is told when it is done.
"""

from __future__ import annotations

import sys

from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from tests.inspection.records.facts import CRACK, PHOTO, WALL


def main(place: str, name: str, count: int) -> None:
    with open_records(place) as records:
        print("ready", flush=True)
        for number in range(count):
            with records.together():
                inspection = records.add_inspection(Inspection(f"{name} {number}")).inspection
                records.add_photo(inspection, WALL)
                records.add_judgement(inspection, PHOTO, CRACK)
            records.sign_off(inspection)
            print(inspection, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
