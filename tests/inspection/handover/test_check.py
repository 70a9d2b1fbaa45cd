"""An archive is checked: whatever is changed in it is found, and nothing that it says of itself is trusted."""

from __future__ import annotations

import json
import zipfile

import pytest

from crackxai.errors import CrackXAIError, RecordsError
from crackxai.inspection.handover import manifest, members
from crackxai.inspection.handover.again import make_again
from crackxai.inspection.handover.archive import write_archive
from crackxai.inspection.handover.check import check_archive
from crackxai.inspection.handover.subject import Subject
from crackxai.inspection.records.chain import canonical
from crackxai.texts import Texts
from tests.inspection.handover.made import AT, changed, files_of, forged, names, packed, rehash

FILES = (
    "report.pdf", "tables.xlsx", "photos.csv", "records.json", "maps/0001-1.json", "photos/0001-wall 0.png",
    "photos/0002-wall 1.png", manifest.NAME,
)  # fmt: skip


def refused(path) -> str:
    with pytest.raises(RecordsError) as caught:
        check_archive(path)
    assert caught.value.message.name.startswith("archive-error.")
    return str(caught.value)


def test_an_archive_that_holds(here, subject, archive):
    records, inspection = here
    found = check_archive(archive)
    assert names(archive) == list(FILES)
    assert found.manifest.covers == records.covered(inspection)
    assert found.manifest.rows == len(found.given) == 20
    (signed,) = found.sign_offs
    assert (signed.said.who, signed.voided_by) == ("Eve Reviewer", None)
    assert found.manifest.sign_off["covers"] == signed.said.covers
    gone, other = (photo.sha256 for photo in subject.dossier.photos[2:])
    assert found.manifest.left_out == {gone: "gone", other: "changed"}
    assert len(found.photos) == 2


def test_the_same_records_give_the_same_archive(here, subject, archive, tmp_path):
    write_archive(subject, here[0], tmp_path / "again.zip", Texts("zh-Hant"))
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("where", [0, 0.5, 1])
@pytest.mark.parametrize("how", ["another", "more", "less"])
def test_a_byte_that_is_changed_in_any_file_is_found(archive, tmp_path, name, where, how):
    def change(data: bytes) -> bytes:
        at = min(len(data) - 1, int(where * len(data)))
        byte = bytes([data[at] ^ 1])
        return data[:at] + {"another": byte, "more": byte + data[at : at + 1], "less": b""}[how] + data[at + 1 :]

    told = refused(changed(archive, name, change, tmp_path / "changed.zip"))
    assert name in told


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_lost_is_found(archive, tmp_path, name):
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(tmp_path / "less.zip", "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
    assert name in refused(tmp_path / "less.zip")


@pytest.mark.parametrize(
    "name", ["more.txt", "../out.txt", "/root.txt", "photos\\x.png", "REPORT.PDF", "C:/x", "a/b/c", "photos/..", "x\n"]
)
def test_a_file_that_does_not_belong_there_is_found(archive, tmp_path, name):
    path = tmp_path / "more.zip"
    path.write_bytes(archive.read_bytes())
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(zipfile.ZipInfo(name), b"x")
    refused(path)


def test_damage_of_the_zip_itself_is_found(archive, tmp_path):
    data = archive.read_bytes()
    with zipfile.ZipFile(archive) as file:
        start = file.getinfo("photos/0001-wall 0.png").header_offset
    path = tmp_path / "damaged.zip"
    path.write_bytes(data[: start + 100] + bytes([data[start + 100] ^ 1]) + data[start + 101 :])
    assert "photos/0001-wall 0.png" in refused(path)
    for part in (data[:1000], data[1000:], b"PK\x03\x04", b"", b"%PDF-1.7", data[:-30]):
        path.write_bytes(part)
        refused(path)


def test_a_bomb_is_not_unpacked(tmp_path, archive, monkeypatch):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("photos/0001-bomb.png", bytes(200 * 2**20))
        file.writestr(manifest.NAME, b"{}")
    assert path.stat().st_size < 2**20
    assert "Nothing of it was unpacked" in refused(path)
    monkeypatch.setattr(members, "MOST_FILES", 3)
    assert "at most 3 files" in refused(archive)


def test_a_size_that_the_zip_lies_about_is_found(archive, tmp_path):
    """The list says that a file is small; what is packed is larger."""
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as file:
        size = file.getinfo("photos.csv").file_size
    at = data.rindex(b"photos.csv") - 46 + 24  # its size in the list at the end
    assert int.from_bytes(data[at : at + 4], "little") == size
    data[at : at + 4] = (size - 1).to_bytes(4, "little")
    path = tmp_path / "lie.zip"
    path.write_bytes(data)
    assert "photos.csv" in refused(path)


@pytest.mark.parametrize("field", ["written_at", "kind", "number", "previous", "hash", "content_sha256", "content"])
@pytest.mark.parametrize("row", [0, 5, 19])
def test_a_row_that_was_changed_with_a_new_manifest_is_found(archive, tmp_path, field, row):
    """By somebody who computed the manifest's hashes anew, but not the chain's."""

    def change(rows: dict) -> None:
        value = rows["rows"][row][field]
        if isinstance(value, int):
            rows["rows"][row][field] = value + 1
        else:
            rows["rows"][row][field] = ("1" if value[0] != "1" else "2") + value[1:]

    assert "the records in the archive do not fit" in refused(forged(archive, change, tmp_path / "forged.zip"))


def test_a_decision_that_was_changed_with_its_row_is_found_by_what_was_signed(archive, tmp_path):
    """With all of the chain's hashes computed anew, the sign-off covers other rows than it says."""

    def change(rows: dict) -> None:
        (row,) = [row for row in rows["rows"] if "Bob" in row["content"] and "no-crack" in row["content"]]
        row["content"] = row["content"].replace('"verdict":"no-crack"', '"verdict":"crack"')
        change.covers = rehash(rows)

    def also(facts: dict) -> None:
        facts["covers"] = change.covers

    told = refused(forged(archive, change, tmp_path / "forged.zip", also))
    assert "row 20 (sign-off) covers other rows than those before it" in told


@pytest.mark.parametrize("change", ["drop", "swap", "twice"])
def test_rows_that_are_missing_or_in_another_order_are_found(archive, tmp_path, change):
    def apply(rows: dict) -> None:
        given = rows["rows"]
        if change == "drop":
            del given[3]
        elif change == "swap":
            given[3], given[4] = given[4], given[3]
        else:
            given.insert(3, given[3])

    refused(forged(archive, apply, tmp_path / "forged.zip"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("covers", "0" * 64),
        ("rows", 21),
        ("sign_off", None),
        ("inspection", "0" * 32),
        ("left_out", {}),
        ("format", 2),
        ("kind", "other"),
    ],
)
def test_a_manifest_that_says_other_things_than_the_records_is_found(archive, tmp_path, name, value):
    def change(facts: dict) -> None:
        facts[name] = value

    refused(forged(archive, lambda rows: None, tmp_path / "forged.zip", change))


def test_a_photo_that_is_none_of_the_records_is_found(archive, tmp_path):
    files = files_of(archive)
    files["photos/0001-wall 0.png"] += b"more"
    packed(files, tmp_path / "forged.zip")
    assert "is not a photo of these records" in refused(tmp_path / "forged.zip")


@pytest.mark.parametrize("text", ["[]", "{}", "null", '{"inspection": 1}', "[" * 100_000, "\xff"])
def test_records_that_are_none_are_refused(archive, tmp_path, text):
    files = files_of(archive) | {"records.json": text.encode("latin-1")}
    packed(files, tmp_path / "forged.zip")
    refused(tmp_path / "forged.zip")


def test_maps_are_made_again(archive, tiny_model):
    (made,) = make_again(archive, check_archive(archive), tiny_model, 3)
    assert made.found.identical
    assert made.fits


def test_a_map_that_the_model_does_not_give_is_found(archive, tmp_path, tiny_model):
    """Even with every hash computed anew."""

    def change(rows: dict) -> None:
        rows["rows"] = [row for row in rows["rows"] if row["kind"] != "sign-off"]
        (row,) = [row for row in rows["rows"] if row["kind"] == "explanation"]
        content = json.loads(row["content"])
        content["record"]["base_value"] += 0.2
        row["content"] = canonical(content)
        change.text = json.dumps(content["record"], indent=1) + "\n"
        change.covers, change.rows = rehash(rows), len(rows["rows"])

    def also(facts: dict) -> None:
        facts |= {"covers": change.covers, "rows": change.rows, "sign_off": None}

    files = files_of(forged(archive, change, tmp_path / "first.zip", also))
    files["maps/0001-1.json"] = change.text.encode()
    packed(files, forged_path := tmp_path / "forged.zip")
    (made,) = make_again(forged_path, check_archive(forged_path), tiny_model, 1)
    assert not made.fits


def test_without_photos(here, subject, tmp_path, tiny_model):
    path = tmp_path / "without.zip"
    write_archive(subject, here[0], path, with_photos=False)
    found = check_archive(path)
    assert not found.photos
    assert set(found.manifest.left_out.values()) == {"asked"}
    assert list(make_again(path, found, tiny_model, 3)) == []


def test_what_others_write_meanwhile_is_not_handed_over(here, subject, tmp_path):
    records, inspection = here
    records.decide(inspection, subject.dossier.photos[0].sha256, "crack")
    with pytest.raises(CrackXAIError, match="others write to"):
        write_archive(subject, records, tmp_path / "late.zip")
    fresh = Subject.of(records, inspection, (), AT)
    write_archive(fresh, records, tmp_path / "fresh.zip")
    assert check_archive(tmp_path / "fresh.zip").sign_offs[0].voided_by == 21


def test_no_name_of_a_folder_is_in_the_files_that_are_read(archive, tmp_path):
    """In the rows it is, to the letter: what was signed cannot be told otherwise."""
    with zipfile.ZipFile(archive) as file:
        for name in file.namelist():
            assert str(tmp_path) not in name
        assert str(tmp_path).encode() not in file.read("photos.csv") + file.read(manifest.NAME)
