"""The scales' files: what they have to say of themselves, and what a rating may be."""

from __future__ import annotations

import pytest

from crackxai import RecordsError
from crackxai.inspection.records.decisions import Rating
from crackxai.inspection.records.rating_scales import STATUS, rating_scale, rating_scales


def test_the_scales_that_there_are():
    assert {key: {part: "".join(classes) for part, classes in scale.parts.items()}
            for key, scale in rating_scales().items()} == {
        "deru": dict.fromkeys("DERU", "01234"),
        "mbei-prestressed": {"CS": "123"},
        "mbei-reinforced": {"CS": "1234"},
        "mlit": {"soundness": "IIIIIIIV"},
        "ri-ebw-pruef": dict.fromkeys("SVD", "01234"),
    }  # fmt: skip


@pytest.mark.parametrize("key", rating_scales())
def test_each_says_where_it_is_from(key):
    scale = rating_scale(key)
    assert scale.status == STATUS == "as found, check with your authority"
    for text in (scale.name, scale.source, scale.edition, *scale.notes):
        assert text.strip()
    assert all(words.strip() for classes in scale.parts.values() for words in classes.values())


def test_a_rating_is_a_value_of_each_part():
    rating = Rating.by("ada", "deru", {"D": "2", "E": "1", "R": "3", "U": "2"})
    assert (rating.who, rating.edition) == ("ada", rating_scale("deru").edition)
    with pytest.raises(RecordsError, match="a value for each of D, E, R, U"):
        Rating.by("ada", "deru", {"D": "2"})
    with pytest.raises(RecordsError, match=r"CS of 1, 2, 3 on .*prestressed"):
        Rating.by("ada", "mbei-prestressed", {"CS": "4"})
    with pytest.raises(RecordsError, match="a rating scale of deru, "):
        Rating.by("ada", "dacl", {})
