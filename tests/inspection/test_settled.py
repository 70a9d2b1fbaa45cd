"""Photos that people settled, beside what the machine had said."""

from __future__ import annotations

from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import open_records
from crackxai.inspection.settled import by_month, by_reason, cost_found, read_settled
from crackxai.model.tradeoff import Cost
from tests.inspection.records.conftest import Clock, Person
from tests.inspection.records.facts import BRIDGE, FINGERPRINT


class Months(Clock):
    """A month later each time."""

    def __call__(self):
        time = self.time
        self.time = time.replace(month=time.month % 12 + 1, year=time.year + time.month // 12)
        return time


def decided(records, inspection: str, number: int, machine: str | None, truth: str, reason: str = "") -> str:
    """A photo that the machine judges and a person decides on; returns its hash."""
    sha256 = f"{number:064x}"
    records.add_photo(inspection, PhotoFile(f"{number}.png", sha256, 300, 200, 1000))
    if machine is not None:
        records.add_judgement(inspection, sha256, Judgement("tiny", FINGERPRINT, {}, machine, 0.9, 0.5, 0.1))
    records.decide(inspection, sha256, truth, reason)
    return sha256


def test_each_outcome(records):
    inspection = records.add_inspection(BRIDGE).inspection
    for number, case in enumerate(
        [
            ("crack", "crack"),
            ("no-crack", "no-crack"),
            ("crack", "no-crack", "shadow"),
            ("no-crack", "crack", "fine-crack-missed"),
            ("review", "crack"),
            (None, "no-crack"),
        ]
    ):
        decided(records, inspection, number, *case)
    found = read_settled(records)
    assert [each.outcome for each in found] == ["agreed", "agreed", "false-alarm", "missed", "open", "open"]
    assert [each.reasons for each in found] == [(), (), ("shadow",), ("fine-crack-missed",), (), ()]
    # The last photo was not judged: no answer, no cost.
    assert cost_found(found) == Cost(3, 2, 1, 1, 1, 0, 1, 1)
    assert by_reason(found) == {"fine-crack-missed": {"missed": 1}, "shadow": {"false-alarm": 1}}


def test_what_people_do_not_agree_on_or_send_to_review_is_not_settled(records):
    inspection = records.add_inspection(BRIDGE).inspection
    sha256 = decided(records, inspection, 1, "crack", "crack")
    decided(records, inspection, 2, "crack", "review", "partly-hidden")
    records._person.name = "bob"
    records.decide(inspection, sha256, "no-crack", "shadow")
    assert read_settled(records) == ()
    records.decide(inspection, sha256, "crack")
    (found,) = read_settled(records)
    assert (found.truth, found.outcome, found.reasons) == ("crack", "agreed", ())


def test_the_answer_is_the_one_that_was_seen(records):
    inspection = records.add_inspection(BRIDGE).inspection
    sha256 = decided(records, inspection, 1, "crack", "no-crack", "stain")
    records.add_judgement(inspection, sha256, Judgement("new", "12" * 32, {}, "no-crack", 0.1, 0.5, 0.1))
    (found,) = read_settled(records)
    assert (found.outcome, found.machine["model"], found.judgement.said.model) == ("false-alarm", "tiny", "new")


def test_of_chosen_inspections_alone(records):
    first, second = (records.add_inspection(BRIDGE).inspection for _ in range(2))
    decided(records, first, 1, "crack", "crack")
    decided(records, second, 2, "crack", "crack")
    assert [each.inspection.inspection for each in read_settled(records, [second])] == [second]
    assert len(read_settled(records)) == 2


def test_by_month_in_order_of_time(tmp_path):
    with open_records(tmp_path / "monthly.sqlite", person=Person(), clock=Months()) as records:
        inspection = records.add_inspection(BRIDGE).inspection
        decided(records, inspection, 1, "crack", "no-crack", "joint")
        decided(records, inspection, 2, "crack", "crack")
        # Rows a month each: inspection in January, then photo, judgement, decision.
        assert by_month(read_settled(records)) == {"2026-04": {"false-alarm": 1}, "2026-07": {"agreed": 1}}


def test_the_most_frequent_reason_comes_first(records):
    inspection = records.add_inspection(BRIDGE).inspection
    for number, reason in enumerate(["stain", "joint", "joint"]):
        decided(records, inspection, number, "crack", "no-crack", reason)
    assert list(by_reason(read_settled(records))) == ["joint", "stain"]
