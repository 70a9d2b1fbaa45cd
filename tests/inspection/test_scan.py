import dataclasses
import json
import threading

import numpy as np
import pytest

from crackxai import Box, Cancelled, Photo, SettingsError
from crackxai.inspection import scanner as scanning
from crackxai.inspection.heat import heat, log_odds, probability_of
from crackxai.inspection.scan import ScanSettings
from crackxai.inspection.scanner import Scanner, scan
from crackxai.inspection.tiling import Tiling
from crackxai.inspection.wall_scale import WallScale
from crackxai.model.dataset import resize
from crackxai.model.finding_rule import FindingRule
from tests.fakes import FakeModel

HEIGHT, WIDTH, SIDE = 1000, 1400, 150
DARK, WALL = 20, 150


def wall(*cracks: tuple[slice, slice], height: int = HEIGHT, width: int = WIDTH, **facts) -> Photo:
    """A rough wall with dark cracks in it."""
    rgb = np.random.default_rng(0).integers(WALL - 30, WALL + 30, (height, width, 3), dtype=np.uint8)
    for crack in cracks:
        rgb[crack] = DARK
    rgb.setflags(write=False)
    return Photo(rgb, "wall.png", "0" * 64, (width, height), "PNG", **facts)


CRACK = (slice(500, 506), slice(300, 1100))


def looks_for_dark(images: np.ndarray) -> np.ndarray:
    """0.95 where something dark goes through the middle part of a picture, else 0.03."""
    middle = images[:, SIDE // 4 : -SIDE // 4, SIDE // 4 : -SIDE // 4].astype(np.float32).mean(axis=-1)
    return np.where((middle < 70).any(axis=(1, 2)), 0.95, 0.03)


@pytest.fixture
def model() -> FakeModel:
    return FakeModel(looks_for_dark, lambda photo: resize(photo, SIDE), (SIDE, SIDE))


def test_a_crack_is_one_finding_along_its_length(model):
    found = scan(model, wall(CRACK))
    assert found.verdict == "crack"
    assert len(found.counted) == 1
    best = found.findings[0]
    assert not best.weak
    assert best.depends_on_grid is False
    assert Box(500, 506, 300, 1100).within(best.box)
    assert best.length == pytest.approx(800, abs=225)
    assert best.scale == 1.5
    assert found.complete
    assert found.score == best.score


def test_the_heat_is_on_the_crack_and_nowhere_else(model):
    found = scan(model, wall(CRACK))
    on, off = (found.heats[1.5][int(y / found.cell), int(700 / found.cell)] for y in (503, 900))
    assert on > 0.7
    assert off < 0.1
    assert found.heat.dtype == np.float32
    assert found.heat.shape == (int(np.ceil(HEIGHT / found.cell)), int(np.ceil(WIDTH / found.cell)))


def test_a_sound_wall(model):
    found = scan(model, wall())
    assert found.verdict == "no-crack"
    assert found.findings == ()
    assert found.score < 0.5
    assert found.examined == 1


def test_one_lone_tile_needs_review():
    def one(images: np.ndarray) -> np.ndarray:
        brightest = images.reshape(len(images), -1).max(axis=1)
        return np.where(brightest == 255, 0.99, 0.03)

    photo = wall()
    rgb = photo.rgb.copy()
    rgb[10, 10] = 255  # in the corner's tile alone, at the finest scale
    model = FakeModel(one, lambda photo: resize(photo, SIDE), (SIDE, SIDE))
    found = scan(model, dataclasses.replace(photo, rgb=rgb), ScanSettings(finest=1.0, threshold=0.75))
    (lone,) = found.counted
    assert lone.weak
    assert lone.box == Box(0, 150, 0, 150)
    assert found.verdict == "review"


def test_scales_go_up_to_the_shorter_side(model):
    assert list(scan(model, wall()).heats) == [6.0, 3.0, 1.5]
    assert list(scan(model, wall(height=300, width=400)).heats) == [1.5]
    assert list(scan(model, wall(height=120, width=200)).heats) == [120 / SIDE]
    # Of a file that was read at half its size there are no finer pixels.
    half = dataclasses.replace(wall(), scale=0.5, box=Box(0, 2 * HEIGHT, 0, 2 * WIDTH))
    assert list(scan(model, half).heats) == [12.0, 6.0, 3.0]


def test_the_first_heat_covers_the_photo(model):
    scanner = Scanner(model, wall(CRACK))
    scanner.advance(60)
    assert np.isfinite(scanner.scan().heat).all()
    assert not scanner.scan().complete
    assert scanner.scan().verdict != "no-crack"


def test_suspicious_places_come_first(model):
    scanner = Scanner(model, wall(CRACK))
    coarse = sum(len(level.tiling) for level in scanner._levels[:-1])
    finest = scanner._levels[-1]
    scanner.advance(coarse + scanning.BATCH)
    judged = [finest.tiling.box(int(i)) for i in np.flatnonzero(np.isfinite(finest.odds))]
    assert np.mean([abs((box.top + box.bottom) / 2 - 503) < 300 for box in judged]) > 0.9


def test_a_stopped_scan_goes_on_to_the_same_result(model):
    at_once = scan(model, wall(CRACK))
    scanner = Scanner(model, wall(CRACK))

    def stop(done: int, total: int) -> None:
        if done >= 50:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        scanner.advance(progress=stop)
    assert 50 <= scanner.tiles < scanner.total
    assert scanner.scan().tiles == scanner.tiles
    scanner.advance()
    again = scanner.scan()
    np.testing.assert_array_equal(again.heat, at_once.heat)
    assert again.findings == at_once.findings


def test_a_scan_goes_on_with_a_scale_from_what_was_judged(model):
    seen = []
    answer = model.predict
    model.predict = lambda images: (seen.append(len(images)), answer(images))[1]
    before = Scanner(model, wall(CRACK))
    before.advance(60)
    with_scale = before.on_wall(WallScale.of_number(0.5))
    assert with_scale.tiles == 60
    with_scale.advance()
    assert before.tiles == 60  # it stays as it was
    assert np.isnan(before.scan().heats[1.5]).any()
    judged = sum(seen)
    seen.clear()
    at_once = scan(model, wall(CRACK), wall_scale=WallScale.of_number(0.5))
    assert sum(seen) == judged
    found = with_scale.scan()
    assert found.findings == at_once.findings
    np.testing.assert_array_equal(found.heat, at_once.heat)
    best = found.findings[0]
    assert found.length(best) == at_once.length(best)
    assert found.length(best).mm == pytest.approx(0.5 * best.length)
    # Of a finished one nothing is judged at all, and its lengths are told by the other scale.
    count = len(seen)
    again = with_scale.on_wall(WallScale.of_number(2))
    again.advance()
    assert len(seen) == count
    assert again.scan().length(best).mm == pytest.approx(2 * best.length)
    assert again.on_wall(None).scan().length(best) is None
    assert found.length(best).mm == pytest.approx(0.5 * best.length)


def test_no_tile_is_judged_twice(model):
    seen = []
    answer = model.predict
    model.predict = lambda images: (seen.append(len(images)), answer(images))[1]
    scanner = Scanner(model, wall())
    scanner.advance(30)
    scanner.advance()
    scanner.advance()
    assert sum(seen) == scanner.total
    assert max(seen) <= scanning.BATCH


def test_what_is_told_of_the_way(model):
    told = []
    scan(model, wall(), progress=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == Scanner(model, wall()).total
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_it_can_be_read_while_it_works(model):
    scanner = Scanner(model, wall(CRACK))
    thread = threading.Thread(target=scanner.advance)
    thread.start()
    counts = []
    while thread.is_alive():
        now = scanner.scan()
        counts.append(now.tiles)
        assert (now.tiles == 0) == bool(np.isnan(now.heat).all())
    thread.join()
    assert counts == sorted(counts)
    assert scanner.scan().complete


def test_dark_parts_are_not_examined_rather_than_sound(model):
    found = scan(model, wall((slice(0, 1000), slice(0, 500))), ScanSettings(finest=1.5))
    unsaid = [each for each in found.unexamined if each.box.right <= 500]
    assert unsaid == []  # dark, and this model sees a crack in it: a finding with a doubt
    assert any("dark" in each.doubts for each in found.findings)
    assert found.verdict == "review"

    blind = FakeModel(lambda images: np.full(len(images), 0.03), model.prepare, (SIDE, SIDE))
    found = scan(blind, wall((slice(0, 1000), slice(0, 1000))))
    assert found.unexamined
    assert all("dark" in each.doubts for each in found.unexamined)
    assert np.isnan(found.heat[5, 5])
    assert found.examined < 0.5
    assert found.verdict == "review"


def test_a_finding_of_one_grid_only_is_marked():
    """A model that sees a crack in tiles that begin at a whole step, as if their edges were what it looks at."""
    photo = wall()
    rgb = photo.rgb.copy()
    rgb[..., 0] = (np.arange(HEIGHT)[:, None] // 4) % 256  # tells where a tile begins
    steps = {0, 112, 224, 336}

    def begins(images: np.ndarray) -> np.ndarray:
        top = images[:, 0, 0, 0].astype(int) * 4
        return np.where([any(abs(t - s) <= 6 for s in steps) for t in top], 0.95, 0.03)

    model = FakeModel(begins, lambda photo: resize(photo, SIDE), (SIDE, SIDE))
    found = scan(model, dataclasses.replace(photo, rgb=rgb))
    assert found.counted
    assert found.counted[0].depends_on_grid
    assert found.verdict == "review"


def test_a_window_is_scanned_as_a_photo_of_its_own(model):
    window = wall(CRACK).window(Box(300, 800, 200, 900))
    found = scan(model, window)
    assert found.photo_size == (700, 500)
    assert found.to_record()["photo"]["box"] == window.box.as_dict()
    assert found.counted[0].box.bottom <= 500


def test_the_record_is_plain_json(model):
    record = json.loads(json.dumps(scan(model, wall(CRACK)).to_record(), allow_nan=False))
    assert record["kind"] == "CrackXAI scan"
    assert record["verdict"] == "crack"
    assert record["findings"][0]["box"].keys() == {"top", "bottom", "left", "right"}
    assert record["settings"] == {"finest": 1.5, "threshold": None, "overlap": 0.5}
    assert record["threshold"] > 0.75  # of 260 tiles


@pytest.mark.parametrize("wrong", [{"finest": 0.1}, {"finest": 100}, {"threshold": 0}, {"threshold": 1}])
def test_settings_out_of_range(wrong):
    with pytest.raises(SettingsError, match="received"):
        ScanSettings(**wrong)


def test_a_higher_threshold_counts_fewer(model):
    photo = wall(CRACK)
    assert scan(model, photo, ScanSettings(threshold=0.99)).verdict == "no-crack"


def test_the_threshold_is_the_models_for_the_photos_tiles(model):
    photo = wall(CRACK)
    whole, part = scan(model, photo), scan(model, photo.window(Box(400, 848, 0, 448)))
    assert whole.tiles > part.tiles
    rule = model.card.finding_rule
    assert (whole.threshold, part.threshold) == (rule.at(whole.tiles), rule.at(part.tiles))
    assert whole.threshold > part.threshold
    # A number that is asked for is taken as it is, in large photos too.
    assert scan(model, photo, ScanSettings(threshold=0.6)).threshold == 0.6
    model.card = dataclasses.replace(model.card, finding_rule=FindingRule(0.99, growth=0))
    assert scan(model, photo).verdict == "no-crack"


def test_a_tile_is_judged_as_the_window_that_opens(tiny_model):
    """The same pixels, the same picture, the same probability: what is explained is what was found."""
    from crackxai import judge

    photo = wall(CRACK)
    best = scan(tiny_model, photo).findings
    for finding in best[:3]:
        assert judge(tiny_model, photo.window(finding.tile)).probability == pytest.approx(finding.highest, abs=1e-5)


def test_with_a_scale_findings_have_a_length_on_the_wall(model):
    found = scan(model, wall(CRACK), wall_scale=WallScale.of_number(0.5))
    best = found.counted[0]
    length = found.length(best)
    assert length.mm == pytest.approx(0.5 * best.length)
    assert length.error == pytest.approx(0.5 * 225 * np.sqrt(2 / 12))  # where in its end tiles the crack ends
    assert found.square_metres == pytest.approx(HEIGHT * WIDTH * 0.25e-6)
    record = found.to_record()
    assert record["findings"][0]["length"] == length.to_record()
    assert record["square_metres"] == found.square_metres
    assert record["wall_scale"]["source"] == "number"


def test_without_a_scale_no_millimetres_are_told(model):
    found = scan(model, wall(CRACK))
    assert found.length(found.counted[0]) is None
    assert found.square_metres is None
    assert "wall_scale" not in found.to_record()


def test_a_finding_too_far_from_the_marker_has_no_length(model):
    unsure = WallScale("marker", np.eye(3), np.stack([np.diag([1.2, 1.2, 1.0])] * 2))
    found = scan(model, wall(CRACK), wall_scale=unsure)
    assert found.length(found.counted[0]) is None
    assert "length" not in found.to_record()["findings"][0]


def test_a_photo_of_one_pixel(model):
    found = scan(model, wall(height=1, width=3))
    assert found.total == 3
    assert found.heat.shape[0] == 1


def test_the_heat_hardly_depends_on_where_the_grid_begins(model):
    """Half a step further a cell's probability changes by less than 0.1, in the mean, where tiles say all or none."""
    photo = wall(CRACK)
    heats = []
    for shift in (0, 56):
        tiling = Tiling.of(HEIGHT, WIDTH, 225, shift)
        pictures = np.stack([model.prepare(photo.window(tiling.box(i))) for i in range(len(tiling))])
        odds = log_odds(model.predict(pictures)).reshape(tiling.shape)
        heats.append(probability_of(heat(tiling, odds, HEIGHT, WIDTH, 225 / 8)))
    change = np.abs(heats[0] - heats[1])
    assert change.mean() < 0.1
    assert np.median(change) < 0.01
    # All along the crack, but for its ends, both grids see it; and a tile away from it neither sees anything.
    cell = 225 / 8
    along = np.s_[int(503 / cell), int(420 / cell) : int(980 / cell)]
    assert min(each[along].min() for each in heats) > 0.5
    rows = (np.arange(change.shape[0]) + 0.5) * cell
    assert max(each[np.abs(rows - 503) > 225].max() for each in heats) < 0.1


def test_the_second_look_can_be_stopped_and_is_gone_on_with(model):
    """Two cracks, two findings to look at again: a stop after the first one leaves the other for the next time."""
    scanner = Scanner(model, wall(CRACK, (slice(60, 66), slice(300, 1100))))
    ended = []

    def stop(done: int, total: int) -> None:
        ended.append(done == total)
        if sum(ended) == 2:  # the last batch, and the first finding looked at again
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        scanner.advance(progress=stop)
    assert [each.depends_on_grid for each in scanner.scan().counted].count(None) == 1
    scanner.advance()
    assert [each.depends_on_grid for each in scanner.scan().counted] == [False, False]
