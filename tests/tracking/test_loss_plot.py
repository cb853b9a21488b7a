"""OUTPUT/loss.svg, parsed as XML. Fails with a title that is not escaped, with the curves upside down, with
training points drawn as validation points, and with a curve reduced to the first points of each stretch."""
import re
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import Probe, points_of

SVG = "{http://www.w3.org/2000/svg}"


def scale(ticks):
    """Position → value, through the outermost ticks of an axis."""
    (first_at, first), (last_at, last) = ticks[0], ticks[-1]
    return lambda at: first + (at - first_at) * (last - first) / (last_at - first_at)


def drawn(path):
    """{"train": [(step, loss)…], "validation": …} as read from the axes."""
    root = ElementTree.fromstring(path.read_text())
    texts = list(root.iter(f"{SVG}text"))
    losses = [(float(t.get("y")), float(t.text)) for t in texts if t.get("class") == "loss-tick"]
    steps = [(float(t.get("x")), float(t.text)) for t in texts if t.get("class") == "step-tick"]
    assert steps == sorted(steps) and losses == sorted(losses, key=lambda tick: (-tick[0], tick[1])), "an axis points the wrong way"
    step_at, loss_at = scale(steps), scale(losses)
    for ticks, at in ((losses, loss_at), (steps, step_at)):
        for place, value in ticks:
            assert at(place) == pytest.approx(value, abs=2e-4 * max(1, abs(value)))
    curves = {}
    for line in root.iter(f"{SVG}polyline"):
        if not line.get("data-legend"):
            pairs = [pair.split(",") for pair in line.get("points").split()]
            curves[line.get("class")] = [(step_at(float(x)), loss_at(float(y))) for x, y in pairs]
    return curves, root


def test_the_points_are_those_of_the_metrics(tmp_path):
    assert Probe(tmp_path, plot=True, command="a <b> & \"c\" é").begin().lines(1, 40).end() == (0, "")
    curves, root = drawn(tmp_path / "loss.svg")
    points = points_of(tmp_path)
    for curve, name in (("train", "loss"), ("validation", "eval_loss")):
        expected = [(step, value) for (known, step), value in points.items() if known == name]
        assert len(curves[curve]) == len(expected) and len(expected) >= 20
        for (step, loss), (expected_step, expected_loss) in zip(curves[curve], expected):
            assert step == pytest.approx(expected_step, abs=0.01) and loss == pytest.approx(expected_loss, abs=1e-3)
    assert root.find(f"{SVG}title").text == 'a <b> & "c" é'
    text = (tmp_path / "loss.svg").read_text()
    assert "prefers-color-scheme: dark" in text and "currentColor" in text
    assert not re.search(r"(href|src|url\()", text), "it would need something from elsewhere"
    assert (tmp_path / "loss.svg").stat().st_mode & 0o077 == 0


def test_a_resumed_run_draws_the_whole_curve_with_the_same_bytes(tmp_path):
    assert Probe(tmp_path / "one", plot=True).begin().lines(1, 12).end()[0] == 0
    Probe(tmp_path / "two", plot=True).begin().lines(1, 9).kill()
    assert Probe(tmp_path / "two", plot=True, resumes=True).begin(7).lines(8, 12).end()[0] == 0
    assert (tmp_path / "one/loss.svg").read_bytes() == (tmp_path / "two/loss.svg").read_bytes()


def test_long_curves_are_thinned_and_keep_their_extremes(tmp_path):
    assert Probe(tmp_path, plot=True).begin().lines(1, 5000).end()[0] == 0
    curves, _ = drawn(tmp_path / "loss.svg")
    assert 500 < len(curves["train"]) <= 2002
    assert curves["train"][0][1] == pytest.approx(2, abs=2e-3) and curves["train"][-1][0] == pytest.approx(5000, abs=5)
    assert [step for step, _ in curves["train"]] == sorted(step for step, _ in curves["train"])
    assert (tmp_path / "loss.svg").stat().st_size < 200_000


def test_the_run_goes_on_when_the_file_cannot_be_written(tmp_path):
    (tmp_path / "loss.svg").mkdir()
    status, said = Probe(tmp_path, plot=True).begin().lines(1, 4).end()
    assert status == 0 and said.count("warning: ") == 1 and "loss plot: " in said, said
