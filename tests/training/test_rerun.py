"""A training folder that has a result: what continues it, what replaces it, and when; and what a resumed run may change."""
import json
import shutil
import signal

import pytest

import fault_points
import program
from tiny import check_manifest, checkpoints_of, conversation, results_of, write_lines


@pytest.fixture
def folder(tiny, tmp_path):
    """A result of four steps, with checkpoints 2 and 4."""
    shutil.copytree(tiny.adapter(), tmp_path / "out")
    return tmp_path / "out"


def files_of(folder):
    return {name: data for name, data in fault_points.files_of(folder).items() if not name.startswith(".")}


def test_only_resume_and_force_touch_checkpoints(tiny, folder):
    before = files_of(folder)
    for more in ([], ["--learning-rate", "1e-3"], ["--method", "full"]):
        run = program.run(*tiny.sft(folder, *more))
        assert run.status == 2 and "has checkpoints of an earlier run" in run.stderr, run.stderr
        assert "--resume" in run.stderr and "--force" in run.stderr
        assert files_of(folder) == before
    assert program.run(*tiny.sft(folder, "--resume")).status == 0
    assert results_of(folder) == results_of(tiny.adapter())
    run = program.run(*tiny.sft(folder, "--force", "--learning-rate", "1e-3"))
    assert run.status == 0, run.stderr
    assert files_of(folder)["adapter_model.safetensors"] != before["adapter_model.safetensors"]
    assert check_manifest(folder) and checkpoints_of(folder) == [2, 4]


def test_a_folder_without_checkpoints_is_free(tiny, tmp_path):
    (tmp_path / "out").mkdir()
    assert program.run(*tiny.sft(tmp_path / "out")).status == 0


def test_a_new_run_replaces_the_result_when_it_has_a_checkpoint(tiny, folder, tmp_path):
    """Killed before its first checkpoint: all is as it was. Stopped after it: nothing of the earlier run is left."""
    before = files_of(folder)
    process = program.start(*tiny.sft(folder, "--force", "--tensorboard", "--eval-every", 0, steps=10**6, save_every=0))
    program.wait_for(lambda: (folder / ".metrics.jsonl.partial").exists() and
                     (folder / ".metrics.jsonl.partial").stat().st_size > 700)
    process.kill()
    program.finish(process)
    assert files_of(folder) == before
    (folder / ".metrics.jsonl.partial").unlink()

    process = program.start(*tiny.sft(folder, "--force", "--samples", 1, "--sample-tokens", 1, steps=10**6, save_every=0))
    program.wait_for(lambda: (folder / ".metrics.jsonl.partial").exists() and
                     (folder / ".metrics.jsonl.partial").stat().st_size > 700)
    process.send_signal(signal.SIGTERM)
    run = program.finish(process)
    assert run.status == 143, run.stderr
    (step,) = checkpoints_of(folder)
    assert not any((folder / name).exists() for name in ("manifest.json", "adapter_model.safetensors", "adapter_config.json",
                                                         "README.md", ".metrics.jsonl.partial"))
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    steps = [line["step"] for line in lines]
    assert steps in (list(range(1, step + 1)), list(range(1, step)))  # the report of the last step may still be due
    assert (folder / "samples.jsonl").exists()


def test_a_replaced_result_has_the_bytes_of_a_first_one(tiny, folder, tmp_path):
    for name, place in (("again", folder), ("first", tmp_path / "first")):
        assert program.run(*tiny.sft(place, "--force", "--seed", 3)).status == 0, name
    assert results_of(folder) == results_of(tmp_path / "first")


def test_a_run_that_fails_before_its_first_checkpoint_leaves_the_result(tiny, folder, tmp_path):
    before = files_of(folder)
    train = write_lines(tmp_path / "bad.jsonl", [b"7"] * 5 + [conversation(1)])
    run = program.run(*tiny.sft(folder, "--force", train=train))
    assert run.status == 1, run.stderr
    assert files_of(folder) == before


@pytest.mark.parametrize("more", [["--log-every", 3], ["--threads", 2], ["--no-plot"]])
def test_a_resumed_run_may_report_otherwise_and_use_other_threads(tiny, folder, more):
    run = program.run(*tiny.sft(folder, "--resume", *more))
    assert run.status == 0, run.stderr
    assert ("written with 1 threads and the run goes on with 2" in run.stderr) == ("--threads" in more)


def test_a_resumed_run_may_be_longer(tiny, folder):
    run = program.run(*tiny.sft(folder, "--resume", steps=9))
    assert run.status == 0 and "had 4 optimizer steps and has 9 now" in run.stderr, run.stderr
    assert json.loads((folder / "manifest.json").read_text())["result"]["steps"] == 9
    assert max(checkpoints_of(folder)) == 9
    lines = [json.loads(line)["step"] for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert lines == list(range(1, 10))
    run = program.run(*tiny.sft(folder, "--resume", steps=3))
    assert run.status == 2 and "9 optimizer steps are done and the run has 3 now" in run.stderr, run.stderr
    run = program.run(*tiny.sft(folder, "--resume", "--epochs", 2, steps=0))
    assert run.status == 0 and "has 24 now" in run.stderr, run.stderr


def test_the_same_bytes_in_other_places_are_the_same_inputs(tiny, folder, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(tiny.model, moved / "model")
    for path in (tiny.train, tiny.validation):
        shutil.copy(path, moved)
    run = program.run(*tiny.sft(folder, "--resume", "--validation", moved / tiny.validation.name, model=moved / "model",
                                train=moved / tiny.train.name))
    assert run.status == 0 and "resuming from step 4" in run.stderr, run.stderr
    shutil.copy(moved / "model" / "config.json", moved / "model" / "more.json")
    run = program.run(*tiny.sft(folder, "--resume", model=moved / "model"))
    assert run.status == 2 and "'model'" in run.stderr, run.stderr


def test_a_resumed_run_keeps_its_validation(tiny, folder):
    arguments = [str(each) for each in tiny.sft(folder, "--resume")]
    place = arguments.index("--validation")
    run = program.run(*arguments[:place], *arguments[place + 2:])
    assert run.status == 2 and "'validation'" in run.stderr, run.stderr
