"""Several files of training data with weights; and what a run checks before it reads any."""
import json
import shutil
import subprocess

import pytest

import program
from tiny import conversation, write_lines


@pytest.fixture
def more(tmp_path):
    return write_lines(tmp_path / "more.jsonl", [conversation(number, f"What of house {number}?") for number in range(100, 140)])


def several(tiny, output, *files, **arguments):
    """`train sft` with each of `files` given to --train."""
    arguments = [str(each) for each in tiny.sft(output, **arguments)]
    place = arguments.index("--train")
    return [*arguments[:place], *[word for file in files for word in ("--train", str(file))], *arguments[place + 2:]]


def test_several_files_with_weights(tiny, more, tmp_path):
    folder = tmp_path / "out"
    run = program.run(*several(tiny, folder, tiny.train, f"{more}=0.5"))
    assert run.status == 0 and "44 records of 2 files in an epoch" in run.stderr, run.stderr
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [(source["path"], source["records"]) for source in manifest["inputs"][:2]] == [(str(tiny.train), 24), (str(more), 40)]
    assert manifest["options"]["train"] == [str(tiny.train), f"{more}=0.5"] and manifest["counts"]["records"] == 44
    assert len((folder / "trained_records.index").read_text().splitlines()) == 1 + 24 + 40 + 6
    again = program.run(*several(tiny, tmp_path / "again", tiny.train, f"{more}=0.5"))
    assert again.status == 0
    assert (tmp_path / "again" / "adapter_model.safetensors").read_bytes() == (folder / "adapter_model.safetensors").read_bytes()
    assert program.run(*several(tiny, folder, tiny.train, f"{more}=0.5"), "--resume").status == 0
    run = program.run(*several(tiny, folder, tiny.train, f"{more}=0.6"), "--resume")
    assert run.status == 2 and "'training data'" in run.stderr, run.stderr


def test_one_file_in_two_parts_trains_the_same(tiny, tmp_path):
    """In the order of the files: the parts of a file train what the file does."""
    lines = tiny.train.read_bytes().splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines[:10]))
    (tmp_path / "b.jsonl").write_bytes(b"".join(lines[10:]))
    assert program.run(*several(tiny, tmp_path / "out", tmp_path / "a.jsonl", tmp_path / "b.jsonl")).status == 0
    assert (tmp_path / "out" / "adapter_model.safetensors").read_bytes() == (
        tiny.adapter() / "adapter_model.safetensors").read_bytes()


def test_a_whole_weight_repeats(tiny, tmp_path):
    twice = tmp_path / "twice.jsonl"
    twice.write_bytes(tiny.train.read_bytes() * 2)
    for name, file in (("weight", f"{tiny.train}=2"), ("file", twice)):
        assert program.run(*several(tiny, tmp_path / name, file)).status == 0
    assert (tmp_path / "weight" / "adapter_model.safetensors").read_bytes() == (
        tmp_path / "file" / "adapter_model.safetensors").read_bytes()


def test_check_and_plan_read_every_file(tiny, more, tmp_path):
    bad = write_lines(tmp_path / "bad.jsonl", [conversation(200), b"7"])
    run = program.run(*several(tiny, tmp_path / "out", tiny.train, bad), "--check", "--json")
    files = json.loads(run.stdout)["files"]
    assert run.status == 3 and [file["path"] for file in files] == [str(tiny.train), str(bad), str(tiny.validation)]
    assert f"{bad}:2: " in run.stderr
    run = program.run(*several(tiny, tmp_path / "out", tiny.train, f"{more}=0.5", steps=0), "--plan", "--dry-run", "--json")
    assert run.status == 0 and json.loads(run.stdout)["steps"] == 3 * 22, run.stderr


@pytest.mark.parametrize("weight", ["0", "-1", "x", "1e9", ""])
def test_a_weight_that_is_none_is_refused(tiny, tmp_path, weight):
    run = program.run(*several(tiny, tmp_path / "out", f"{tiny.train}={weight}"))
    assert run.status == 2 and "--train: expected FILE or FILE=WEIGHT" in run.stderr, run.stderr
    run = program.run(*several(tiny, tmp_path / "out", tiny.train, f"{tiny.train}=0.001"))
    assert run.status == 2 and "takes no record" in run.stderr, run.stderr


def test_a_missing_gpu_is_named_before_any_data_are_read(tiny, tmp_path):
    if shutil.which("nvidia-smi") and subprocess.run(["nvidia-smi"], capture_output=True).returncode == 0:
        pytest.skip("there is a GPU")
    bad = write_lines(tmp_path / "bad.jsonl", [b"7"])
    for more in ([], ["--plan"], ["--dry-run"]):
        run = program.run(*tiny.sft(tmp_path / "out", "--device", "cuda", *more, train=bad))
        assert run.status == 2 and "--device cuda: " in run.stderr and "bad.jsonl" not in run.stderr, run.stderr
    run = program.run(*tiny.eval(tmp_path / "out", "--device", "cuda", validation=bad))
    assert run.status == 2 and "--device cuda: " in run.stderr and "bad.jsonl" not in run.stderr, run.stderr
    assert not (tmp_path / "out").exists()


def test_a_missing_configuration_file_is_a_wrong_option(tiny, tmp_path):
    for environment, more in (({}, ["--config", tmp_path / "absent.toml"]), ({"INTELIA_CONFIG": tmp_path / "absent.toml"}, [])):
        run = program.run("config", *more, environment={name: str(value) for name, value in environment.items()})
        assert run.status == 2 and "absent.toml' does not exist" in run.stderr, run.stderr
