"""Event files, read by the tensorboard package. Fails with an unmasked checksum, with the START event missing or one step late,
with a later file's name before an earlier one's, with kept lines not logged again and with another run's files kept."""
import struct

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import event_pb2

from conftest import Probe, points_of


def seen_by_tensorboard(folder):
    """{(name, step): value} of all scalars; a duplicate point is an error."""
    accumulator = EventAccumulator(str(folder / "tensorboard"), size_guidance={"scalars": 0})
    accumulator.Reload()
    points = {}
    for name in accumulator.Tags()["scalars"]:
        for event in accumulator.Scalars(name):
            assert (name, event.step) not in points, (name, event.step)
            points[name, event.step] = event.value
    return points, accumulator


def as_float32(points):
    return {place: struct.unpack("f", struct.pack("f", value))[0] for place, value in points.items()}


def test_every_scalar_is_there_once(tmp_path):
    settings = {"learning-rate": 1e-3, "odd": "a|b\nc", "lora-targets": ["q_proj", "v_proj"]}
    assert Probe(tmp_path, tensorboard=True, settings=settings).begin().lines(1, 40).end() == (0, "")
    points, accumulator = seen_by_tensorboard(tmp_path)
    assert points == as_float32(points_of(tmp_path)) and len(points) == 40 * 8 + 20
    (text,) = accumulator.Tensors("settings")
    rows = text.tensor_proto.string_val[0].decode().splitlines()
    assert rows[2:] == ["| learning-rate | 0.001 |", "| odd | a\\|b  c |", '| lora-targets | ["q_proj","v_proj"] |']
    assert accumulator.SummaryMetadata("settings").plugin_data.plugin_name == "text"
    for file in (tmp_path / "tensorboard").iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_killed_and_resumed(tmp_path):
    """Killed after line 10, in the middle of a record, and resumed from line 6; then again from line 8."""
    probe = Probe(tmp_path, tensorboard=True).begin().lines(1, 10)
    probe.kill()
    assert seen_by_tensorboard(tmp_path)[0] == as_float32(points_of(tmp_path))  # what was logged before is there
    (file,) = (tmp_path / "tensorboard").iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    Probe(tmp_path, tensorboard=True, resumes=True).begin(6).lines(7, 9).kill()
    assert Probe(tmp_path, tensorboard=True, resumes=True).begin(8).lines(9, 12).end() == (0, "")
    points, _ = seen_by_tensorboard(tmp_path)
    assert points == as_float32(points_of(tmp_path)) and ("loss", 12) in points
    files = sorted((tmp_path / "tensorboard").iterdir())
    assert len(files) == 3
    for path, step in zip(files, (0, 7, 9)):  # the second event of each file discards earlier events from its step on
        data = path.read_bytes()
        (length,) = struct.unpack_from("<Q", data)
        (second_length,) = struct.unpack_from("<Q", data, 16 + length)
        event = event_pb2.Event.FromString(data[28 + length:28 + length + second_length])
        assert event.session_log.status == event_pb2.SessionLog.START and event.step == step


def test_names_follow_each_other_whatever_the_clock_says(tmp_path):
    Probe(tmp_path, tensorboard=True).begin().lines(1, 4).kill()
    (file,) = (tmp_path / "tensorboard").iterdir()
    second = file.name.split(".")[3]
    file.rename(file.with_name(file.name.replace(second, str(int(second) + 10**6))))  # as if written in the future
    assert Probe(tmp_path, tensorboard=True, resumes=True).begin(2).lines(3, 5).end()[0] == 0
    assert seen_by_tensorboard(tmp_path)[0] == as_float32(points_of(tmp_path))


def test_a_new_run_takes_the_files_of_the_old_one_away(tmp_path):
    assert Probe(tmp_path, tensorboard=True).begin().lines(1, 9).end()[0] == 0
    assert Probe(tmp_path, tensorboard=True).begin().lines(1, 3).end()[0] == 0
    assert seen_by_tensorboard(tmp_path)[0] == as_float32(points_of(tmp_path))


def test_a_resumed_run_tells_what_was_never_told(tmp_path):
    """--tensorboard is given only when the run is resumed; and the folder may contain files of another run."""
    Probe(tmp_path).begin().lines(1, 5).kill()
    assert Probe(tmp_path, tensorboard=True, resumes=True).begin(4).lines(5, 7).end()[0] == 0
    assert seen_by_tensorboard(tmp_path)[0] == as_float32(points_of(tmp_path))
    Probe(tmp_path, identity="fedcba9876543210").begin().lines(1, 3, scale=2).kill()
    assert Probe(tmp_path, identity="fedcba9876543210", tensorboard=True, resumes=True).begin(2).lines(3, 4, scale=2).end()[0] == 0
    assert seen_by_tensorboard(tmp_path)[0] == as_float32(points_of(tmp_path))


def test_a_folder_that_cannot_be_used_is_one_warning(tmp_path):
    (tmp_path / "tensorboard").write_text("in the way")
    status, said = Probe(tmp_path, tensorboard=True).begin().lines(1, 4).end()
    assert status == 0 and said.count("warning: ") == 1 and "TensorBoard: '" in said and "is not a folder" in said, said
    assert len(points_of(tmp_path)) == 4 * 8 + 2
