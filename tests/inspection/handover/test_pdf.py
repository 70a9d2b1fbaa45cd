"""The PDF, read back: text, outline, alternative texts, typeface, paper, and what is told of what is missing."""

from __future__ import annotations

import re

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from crackxai.inspection.handover.pdf import write_pdf
from crackxai.inspection.handover.sheet import PAPERS
from crackxai.inspection.handover.subject import Subject
from crackxai.texts import Texts, catalogue
from tests.inspection.handover.made import AT, NAME


def read(subject: Subject, path, language="en", paper="a4") -> PdfReader:
    write_pdf(subject, path, Texts(language), paper)
    return PdfReader(path)


def text_on(page) -> str:
    return page.extract_text()


def text_of(reader: PdfReader) -> str:
    """Without breaks of lines, which stand where the line was full."""
    return squeezed("".join(map(text_on, reader.pages)))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def titles(outline) -> list[str]:
    return [title for each in outline for title in (titles(each) if isinstance(each, list) else [each.title])]


def alternatives(reader: PdfReader) -> list[str]:
    found: list[str] = []

    def walk(node) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, DictionaryObject):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
@pytest.mark.parametrize("paper", PAPERS)
def test_what_a_customer_reads(subject, tmp_path, language, paper):
    reader = read(subject, tmp_path / "bridge.pdf", language, paper)
    told, text = catalogue(language), text_of(reader)
    width, height = (25.4 / 72 * float(each) for each in reader.pages[0].mediabox[2:])
    assert (width, height) == pytest.approx(PAPERS[paper], abs=0.01)
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.metadata.title == told["handover.title"].format(name=NAME)
    assert reader.metadata.author == "Ada Inspector"
    for words in ("summary", "threshold", "decisions", "all-photos", "models", "check", "original-gone", "boxes"):
        assert squeezed(told[f"handover.{words}"]) in text, words
    for words in ("中山橋Bridge7□", "EveReviewer", "BobMüller", subject.dossier.covers, "0.25mm±0.05mm", "HYPERLINK"):
        assert words in text
    count = len(reader.pages)
    for number, page in enumerate(reader.pages, 1):
        line = told["handover.page"].format(number=number, total=count)
        assert squeezed(line) in squeezed(text_on(page))
        assert "中山橋Bridge7" in squeezed(text_on(page))


def test_a_page_for_each_finding_and_an_outline_that_leads_there(subject, tmp_path):
    reader = read(subject, tmp_path / "bridge.pdf")
    findings = [f"{number} · {photo.name}" for number, photo in subject.findings]
    assert len(findings) == 3
    found = titles(reader.outline)
    assert [each for each in found if each in findings] == findings
    for words in ("Cover", "Summary", "Findings", "All photos", "The model in short", "How to check this report"):
        assert words in found
    first = next(
        each for group in reader.outline if isinstance(group, list) for each in group if each.title == findings[0]
    )
    assert findings[0] in text_on(reader.pages[reader.get_destination_page_number(first)])


def test_pictures_have_alternative_texts_and_the_typeface_is_embedded_in_part(subject, tmp_path):
    reader = read(subject, tmp_path / "bridge.pdf")
    found = alternatives(reader)
    images = sum(len(page.images) for page in reader.pages)
    # The photo, its map, the scanned photo; and the thumbnails of those that are where they were.
    assert len(found) == images == 5
    assert any("The map alone" in each for each in found)
    fonts = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            (descendant,) = font["/DescendantFonts"]
            fonts[font["/BaseFont"]] = descendant.get_object()["/FontDescriptor"]
    assert fonts
    for name, descriptor in fonts.items():
        assert re.fullmatch(r"/[A-Z]{6}\+NotoSansTC.*", name)
        assert "/FontFile2" in descriptor
    assert (tmp_path / "bridge.pdf").stat().st_size < 600_000


def test_it_is_the_same_for_the_same_records_and_date(here, subject, tiny_model, tmp_path):
    for name in ("first.pdf", "second.pdf"):
        write_pdf(subject, tmp_path / name)
    assert (tmp_path / "first.pdf").read_bytes() == (tmp_path / "second.pdf").read_bytes()
    later = Subject.of(here[0], here[1], [tiny_model], "2026-03-03T10:00:00+08:00")
    write_pdf(later, tmp_path / "later.pdf")
    assert (tmp_path / "later.pdf").read_bytes() != (tmp_path / "first.pdf").read_bytes()


def test_signed_void_and_draft_are_told(here, subject, tiny_model, tmp_path):
    records, inspection = here
    signed = text_of(read(subject, tmp_path / "signed.pdf"))
    assert "SignedbyEveReviewer·version1" in signed
    assert subject.dossier.sign_offs[0].row.said.covers in signed
    assert squeezed("It was signed with this missing: Nobody decided, People differ.") in signed
    assert "Unsigneddraft" not in signed
    records.edit_inspection(inspection, subject.dossier.facts.said)
    void = text_of(read(Subject.of(records, inspection, [tiny_model], AT), tmp_path / "void.pdf"))
    assert "Changedsinceitwassigned:unsigned·version2" in void
    empty = records.add_inspection(subject.dossier.facts.said).inspection
    draft = text_of(read(Subject.of(records, empty, (), AT), tmp_path / "draft.pdf"))
    assert "Unsigneddraft·version1" in draft
    assert squeezed("There are no photos") in draft


def test_what_is_missing_is_told_in_its_place_and_no_path_goes_along(subject, tmp_path):
    reader = read(subject, tmp_path / "bridge.pdf")
    text = text_of(reader)
    assert squeezed(catalogue("en")["handover.original-gone"]) in text
    # In a thumbnail's place there is room for its beginning.
    assert squeezed("The file is another by now") in text
    assert str(tmp_path).replace(" ", "") not in text


def test_numbers_are_those_of_the_records(subject, tmp_path):
    text = text_of(read(subject, tmp_path / "bridge.pdf"))
    assert squeezed("a finding counts from a score of 0.70 (1 count)") in text
    assert squeezed("Width: 0.25 mm ± 0.05 mm, measured by hand (crack width ruler)") in text
    assert squeezed("Length: 420 mm ± 30 mm, estimated (marker of 50 mm)") in text
    assert squeezed("soundness II") in text
    assert squeezed("as found, check with your authority") in text
    assert squeezed("At 45.0 %: of 100 cracked photos") in text


def test_a_model_that_is_not_at_hand_is_told(here, tmp_path):
    text = text_of(read(Subject.of(*here, (), AT), tmp_path / "bridge.pdf"))
    assert "isnotathandhere" in text


def test_a_photo_that_people_call_sound_though_the_machine_did_not_has_a_page(here, tiny_model):
    records, inspection = here
    before = Subject.of(records, inspection, [tiny_model], AT)
    number, cracked = next(
        (number, photo) for number, photo in before.findings if photo.machine == "crack" and not photo.disputed
    )
    who = cracked.of_photo[0].said.who if cracked.of_photo else "ada"
    records._person.name = who
    records.decide(inspection, cracked.sha256, "no-crack", "joint")
    after = Subject.of(records, inspection, [tiny_model], AT)
    assert after.dossier.photo(cracked.sha256).verdict == "no-crack"
    assert number in [number for number, _ in after.findings]
