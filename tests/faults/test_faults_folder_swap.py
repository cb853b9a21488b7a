"""The output folder is renamed and replaced by a link to another folder while a command writes to it: nothing changes in the other
folder, and the run ends with an error that names the output folder, or had finished before."""
import os
import pathlib
import random
import re
import shutil
import signal
import time

import pytest

import fault_points
import program
from conversations import insert
from fault_points import files_of
from tiny import ON_CPU, ONE_THREAD

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")
IS_SLOW = os.environ.get("INTELIA_SLOW_TESTS") == "1"
NUM_MOMENTS = 60 if IS_SLOW else 6


def tree_of(folder):
    """Every path below `folder` with its content, locks included."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def holds_lock(process, folder):
    return any(lock.read_text().startswith(f"{process.pid}\n") for lock in folder.glob(".*.lock"))


def start_over(folder, template):
    """`folder` and `other` as copies of `template`, and nothing in place of the first one of an earlier attempt."""
    for path in (folder, folder.with_name("moved"), folder.with_name("other")):
        path.unlink() if path.is_symlink() else shutil.rmtree(path, ignore_errors=True)
    if template is not None:
        shutil.copytree(template, folder)
    shutil.copytree(template or folder.parent, folder.with_name("other"))


def check(run, folder, expected, moment, done):
    assert tree_of(folder.with_name("other")) == expected, moment
    assert run.status in (done, 1), (moment, run.stderr)
    if run.status == 1:
        assert re.search(f"'{folder}' was moved or replaced during the run; its files are in '{folder.with_name('moved')}'", run.stderr), (
            moment, run.stderr)
    assert "/proc/self" not in run.stdout + run.stderr, moment
    return run.status


def check_swaps(arguments, folder, template, environment=None, done=0):
    """Swaps at chosen changes of the folder, at which the process is stopped, and at random times; `done`: the usual status."""
    def whole():
        start_over(folder, template)
        return fault_points.calls_of(arguments, folder.parent, folder.with_name("calls.log"), environment)

    calls, run = whole()
    assert run.status == done, run.stderr
    first = next(at for at, (_, path) in enumerate(calls, 1) if path.startswith(f"{folder}/"))  # the folder exists
    chance = random.Random(15)
    moments = range(first, len(calls) + 1) if IS_SLOW else sorted({first, first + 1, len(calls) - 3, len(calls),
                                                                   *chance.choices(range(first, len(calls) + 1), k=NUM_MOMENTS)})
    statuses = []
    for at in moments:
        start_over(folder, template)
        expected = tree_of(folder.with_name("other"))
        process = program.start(*arguments, environment={**(environment or {}), **fault_points.environment(folder.parent, at, "STOP")})
        program.wait_for(lambda: program.is_stopped(process))
        program.swap_folder(folder, folder.with_name("other"))
        process.send_signal(signal.SIGCONT)
        statuses.append(check(program.finish(process), folder, expected, calls[at - 1], done))
    assert 1 in statuses
    for _ in range(NUM_MOMENTS // 2):
        start_over(folder, template)
        expected = tree_of(folder.with_name("other"))
        process = program.start(*arguments, environment=environment)
        program.wait_for(lambda: process.poll() is not None or holds_lock(process, folder))
        time.sleep(chance.random() * 0.1)
        program.swap_folder(folder, folder.with_name("other"))
        check(program.finish(process), folder, expected, "at a random time", done)


@pytest.fixture
def place(tmp_path):
    """The output folder, alone in its parent: every change there counts."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here" / "out"


@needs_shim
def test_fault_29_train_sft_folder_swapped(tiny, tmp_path, place):
    """The other folder is that of another run: its checkpoints, metrics and adapter stay."""
    template = tmp_path / "earlier"
    assert program.run(*tiny.sft(template, steps=6, save_every=2)).status == 0
    check_swaps(tiny.sft(place, "--force", "--tensorboard", steps=6, save_every=2), place, template)


@needs_shim
@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_fault_29_preference_folder_swapped(tiny, tmp_path, place, method):
    template = tmp_path / "earlier"
    assert program.run(*tiny.preference(method, template)).status == 0
    check_swaps(tiny.preference(method, place, "--force"), place, template)


@needs_shim
def test_fault_29_eval_run_folder_swapped(tiny, tmp_path, place):
    template = tmp_path / "earlier"
    assert program.run(*tiny.eval(template)).status == 4  # too little data for a verdict
    check_swaps(tiny.eval(place), place, template, done=4)


@needs_shim
def test_fault_29_generate_folder_swapped(tiny, tmp_path, place):
    template = tmp_path / "earlier"
    arguments = ["generate", *ON_CPU, "--model", tiny.model, "--prompts", tiny.questions, "--max-new-tokens", 8, "--output"]
    assert program.run(*arguments, template / "answers.jsonl").status == 0
    check_swaps([*arguments, place / "answers.jsonl"], place, template)


@needs_shim
@pytest.mark.parametrize("command", [["model", "export", "--type", "q8_0"], ["model", "export", "--format", "hf"], ["model", "merge"]],
                         ids=["gguf", "hf", "merge"])
def test_fault_29_model_export_merge_folder_swapped(tiny, tmp_path, place, command):
    """`model merge` compares the merged folder with base and adapter, by the engine."""
    template = tmp_path / "earlier"
    arguments = [*command, *ONE_THREAD, "--model", tiny.model, "--adapter", tiny.adapter(), "--output"]
    assert program.run(*arguments, template).status == 0
    check_swaps([*arguments, place], place, template)


@needs_shim
def test_fault_29_model_init_folder_swapped(tiny, tmp_path, place):
    template = tmp_path / "earlier"
    assert program.run(*tiny.init(template)).status == 0
    check_swaps(tiny.init(place), place, template)


@needs_shim
def test_fault_29_model_quantize_folder_swapped(tiny, tmp_path, place):
    template = tmp_path / "earlier"
    arguments = ["model", "quantize", *ONE_THREAD, "--model", tiny.model, "--output"]
    assert program.run(*arguments, template).status == 0
    check_swaps([*arguments, place], place, template)


@needs_shim
@pytest.mark.parametrize("options", [(), ("--incremental",)], ids=["whole", "incremental"])
def test_fault_29_extract_folder_swapped(database, tmp_path, place, options):
    url, connection = database
    environment = {"DATABASE_URL": url}
    insert(connection, [{"conversation_id": f"c-{number}"} for number in range(40)])
    template = tmp_path / "earlier"
    arguments = ["extract", *options, "--output"]
    assert program.run(*arguments, template, environment=environment).status == 0
    insert(connection, [{"conversation_id": f"d-{number}"} for number in range(9)])
    check_swaps([*arguments, place], place, template, environment)


def test_fault_29_output_is_a_link_to_a_folder(tiny, tmp_path):
    """A link that the user made is followed, relative paths and trailing slashes included."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for output in (tmp_path / "link", "link", "./link/", "link/../link/."):
        run = program.run(*tiny.init(output, "--force"), folder=tmp_path)
        assert run.status == 0, run.stderr
        assert files_of(tmp_path / "real")["manifest.json"] and (tmp_path / "link").is_symlink()
        shutil.rmtree(tmp_path / "real")
        (tmp_path / "real").mkdir()
