"""Rows of the fault table (docs/faults.md) for `eval run`, one test per row: fault_NN_eval_run."""
import json
import shutil
import signal
import time

import pytest

import fault_points
import program
from test_faults_train import ODD_LINES, in_shell
from tiny import check_manifest, conversation, results_of, text_of, write_lines

needs_shim = pytest.mark.skipif(not fault_points.SHIM, reason="INTELIA_FAULT_SHIM is not set")
CANNOT_TELL = 4  # six conversations are too few for a verdict
OUTPUTS = {"manifest.json", "rejected.jsonl", "report.html", "scores.json"}


@pytest.fixture(scope="module")
def whole(tiny, tmp_path_factory):
    """(results, calls) of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole")
    calls, run = fault_points.calls_of(tiny.eval(folder / "whole"), folder / "whole", folder / "calls.log")
    assert run.status == CANNOT_TELL, run.stderr
    assert set(results_of(folder / "whole")) == OUTPUTS
    return results_of(folder / "whole"), calls


@needs_shim
def test_fault_01_eval_run(tiny, whole, tmp_path):
    """Killed at each change of the folder: each file is complete or absent, and the next run has the normal result."""
    expected, calls = whole
    for at in range(1, len(calls) + 1):
        folder = tmp_path / f"killed-{at}"
        run = program.run(*tiny.eval(folder), environment=fault_points.environment(folder, at, "torn" if at % 2 else "exit"))
        assert run.status == 86, (at, run.stderr)
        for name, data in results_of(folder).items():
            assert name.endswith(".partial") or data == expected[name], (at, calls[at - 1], name)
        run = program.run(*tiny.eval(folder))
        assert run.status == CANNOT_TELL, (at, calls[at - 1], run.stderr)
        assert results_of(folder) == expected, (at, calls[at - 1])


@needs_shim
def test_fault_01_eval_run_over_an_earlier_result(tiny, whole, tmp_path):
    """Killed at each change over an earlier result: a manifest is never left with the scores of another run. Failed when
    scores and report were renamed before the manifest was written."""
    expected, calls = whole
    earlier = tmp_path / "earlier"
    assert program.run(*tiny.eval(earlier, "--seed", 7)).status == CANNOT_TELL
    with_manifest = []
    for at in range(1, len(calls) + 2):
        folder = tmp_path / f"killed-{at}"
        shutil.copytree(earlier, folder)
        run = program.run(*tiny.eval(folder), environment=fault_points.environment(folder, at, "torn" if at % 2 else "exit"))
        assert run.status in (86, CANNOT_TELL), (at, run.stderr)
        with_manifest.append(check_manifest(folder))
        if run.status == 86:
            assert program.run(*tiny.eval(folder)).status == CANNOT_TELL
        assert check_manifest(folder) and results_of(folder) == expected, at
    assert True in with_manifest and False in with_manifest


@needs_shim
@pytest.mark.parametrize("error, words, forever", [("ENOSPC", "No space left on device", True),
                                                   ("EIO", "Input/output error", False)])
def test_fault_03_eval_run(tiny, whole, tmp_path, error, words, forever):
    """With an earlier result each change fails: exit status 1 with path and cause, no partial files, and the earlier ones remain
    until the new ones are renamed."""
    new, calls = whole
    first_rename = 1 + next(place for place, (call, path) in enumerate(calls) if call == "rename")
    folder = tmp_path / "out"
    assert program.run(*tiny.eval(folder, "--seed", 7)).status == CANNOT_TELL
    earlier = tmp_path / "earlier"
    shutil.copytree(folder, earlier)
    old = results_of(earlier)
    assert old["scores.json"] != new["scores.json"]
    for at in range(1, len(calls) + 1)[::2 if forever else 3]:
        shutil.rmtree(folder)
        shutil.copytree(earlier, folder)
        run = program.run(*tiny.eval(folder), environment=fault_points.environment(folder, at, error, forever))
        if run.status == CANNOT_TELL:
            assert at >= len(calls) - 1, ("a failed change went unnoticed", calls[at - 1])
            continue
        assert run.status == 1 and words in run.stderr and str(folder) in run.stderr, (at, calls[at - 1], run.stderr)
        found = {name: data for name, data in results_of(folder).items() if not (forever and name.endswith(".partial"))}
        if at < first_rename - 1:  # the folder exists, so the calls are one earlier
            assert found == old, (at, calls[at - 1])
        for name, data in found.items():
            assert data in (old[name], new[name]), (at, calls[at - 1], name)
    assert program.run(*tiny.eval(folder)).status == CANNOT_TELL
    assert results_of(folder) == new


@pytest.mark.parametrize("name, status", [("TERM", 143), ("INT", 130), ("HUP", 129)])
def test_fault_04_eval_run(tiny, whole, tmp_path, name, status):
    """A signal during scoring: its exit status, soon, and no final files; the next run has the normal result."""
    validation = write_lines(tmp_path / "many.jsonl", [conversation(number, answer="water " * 40) for number in range(3000)])
    folder = tmp_path / "out"
    process = program.start(*tiny.eval(folder, "--batch-size", 1, validation=validation))
    deadline = time.monotonic() + 60
    while not (folder / ".rejected.jsonl.partial").exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    time.sleep(0.3)
    start = time.monotonic()
    process.send_signal(getattr(signal, "SIG" + name))
    run = program.finish(process)
    assert run.status == status, run.stderr
    assert time.monotonic() - start < 25
    assert fault_points.files_of(folder) == {}
    assert program.run(*tiny.eval(folder)).status == CANNOT_TELL
    assert results_of(folder) == whole[0]


def test_fault_10_eval_run(tiny, tmp_path):
    """Each invalid line is reported with its location, counted and copied with a reason; the valid ones are scored."""
    odd = [line for name, line in ODD_LINES.items() if name != "empty answer"]
    validation = write_lines(tmp_path / "validation.jsonl", [*odd, *[conversation(number) for number in range(100, 108)]])
    folder = tmp_path / "out"
    run = program.run(*tiny.eval(folder, "--max-rejected", "0.9", validation=validation))
    assert run.status == CANNOT_TELL, run.stderr
    assert "\x1b" not in run.stderr and f"{validation}:1: " in run.stderr
    rejected = [json.loads(line) for line in (folder / "rejected.jsonl").read_bytes().splitlines()]
    assert [line["where"] for line in rejected] == [f"{validation}:{number + 1}" for number in range(len(odd))]
    counts = json.loads((folder / "manifest.json").read_text())["counts"]
    assert counts["conversations"] == 8 and sum(counts["rejected"].values()) == len(odd)

    run = program.run(*tiny.eval(tmp_path / "many", validation=validation))
    assert run.status == 1 and "--max-rejected" in run.stderr, run.stderr
    assert fault_points.files_of(tmp_path / "many") == {}
    run = program.run(*tiny.eval(tmp_path / "strict", "--strict", validation=validation))
    assert run.status == 1 and f"{validation}:1: " in run.stderr and "--strict" in run.stderr, run.stderr
    for line in (b"7", b'{"id":"x"}', b'{"question":"x"}', b'{"id":"x","question":"\\ud800"}'):
        questions = write_lines(tmp_path / "questions.jsonl", [{"id": "a", "question": "b"}, line])
        run = program.run(*tiny.eval(tmp_path / "questions", "--questions", questions))
        assert run.status == 1 and f"{questions}:2: " in run.stderr, run.stderr


def test_fault_11_eval_run(tiny, naughty_strings, tmp_path):
    """Naughty strings as conversations and as questions: all are scored, and the report shows them as text."""
    model, adapter = tmp_path / "model", tmp_path / "adapter"
    assert program.run(*tiny.init(model, "--max-positions", 8192)).status == 0
    assert program.run(*tiny.sft(adapter, model=model, steps=2)).status == 0
    strings = naughty_strings
    validation = write_lines(tmp_path / "validation.jsonl",
                             [conversation(number, text, text) for number, text in enumerate(strings, 100)])
    scripts = [text for text in strings if "<script" in text.lower() or "onerror" in text.lower()][:30]
    assert len(scripts) == 30
    questions = write_lines(tmp_path / "questions.jsonl", [
        {"id": f"{number} {text}", "question": text, "language": text, "category": text, "reference": text, "context": text}
        for number, text in enumerate(scripts)])
    folder = tmp_path / "out"
    run = program.run(*tiny.eval(folder, "--questions", questions, "--max-new-tokens", 1, "--max-rejected", "0", model=model,
                                 adapter=adapter, validation=validation))
    assert run.status in (0, 3, CANNOT_TELL), run.stderr
    counts = json.loads((folder / "manifest.json").read_text())["counts"]
    assert counts["conversations"] + counts["duplicates"] == len(strings) and counts["duplicates"] < 10
    assert counts["questions"] == 30 and counts["rejected"] == {}
    report = (folder / "report.html").read_bytes().decode()
    for text in scripts:
        assert text not in report or "<" not in text, text
    json.loads((folder / "scores.json").read_bytes())


def test_fault_18_eval_run(tiny, tmp_path, canaries):
    cases = [(CANNOT_TELL, tiny.eval(tmp_path / "good", "--verbose")), (CANNOT_TELL, tiny.eval(tmp_path / "json", "--json")),
             (2, tiny.eval(tmp_path / "bad", model=tmp_path / "absent")), (2, tiny.eval(tmp_path / "file", validation=tmp_path / "no"))]
    for status, arguments in cases:
        run = program.run(*arguments, environment=canaries.environment)
        assert run.status == status, run.stderr
        canaries.check(text_of(run, tmp_path))
    for path in (tmp_path / "good").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_fault_29_eval_run(tiny, tmp_path):
    """Links, unusual names and inputs as outputs: only the output folder is written, and inputs are unchanged."""
    model, adapter = tmp_path / "model", tmp_path / "adapter"
    shutil.copytree(tiny.model, model)
    shutil.copytree(tiny.adapter(), adapter)
    for folder in (model, adapter):
        before = fault_points.files_of(folder)
        for more in ([], ["--force"]):
            run = program.run(*tiny.eval(folder, *more, model=model, adapter=adapter))
            assert run.status == 2 and "--output" in run.stderr, run.stderr
        assert fault_points.files_of(folder) == before
    precious = tmp_path / "precious"
    precious.write_text("precious")
    run = program.run(*tiny.eval(precious))
    assert run.status == 2 and "is a file" in run.stderr, run.stderr
    linked = tmp_path / "linked"
    linked.mkdir()
    for name in (".scores.json.partial", "scores.json", "report.html", ".report.html.partial", ".manifest.json.partial"):
        (linked / name).symlink_to(precious)
    run = program.run(*tiny.eval(linked, "--force"))
    assert run.status == CANNOT_TELL, run.stderr
    assert precious.read_text() == "precious" and not any(path.is_symlink() for path in linked.iterdir())
    write_lines(linked / "rejected.jsonl", [conversation(number) for number in range(3)])
    run = program.run(*tiny.eval(linked, validation=linked / "rejected.jsonl"))
    assert run.status == 2 and "rejected.jsonl" in run.stderr, run.stderr
    assert len((linked / "rejected.jsonl").read_bytes().splitlines()) == 3
    run = program.run(*tiny.eval(tmp_path / "new\nline"))
    assert run.status == CANNOT_TELL and (tmp_path / "new\nline/scores.json").exists()
    run = program.run(*tiny.eval(tmp_path / ("n" * 4096)))
    assert run.status == 1 and "File name too long" in run.stderr, run.stderr


def test_eval_run_bad_input(tiny, tmp_path):
    empty = write_lines(tmp_path / "empty.jsonl", [])
    cut = tmp_path / "cut"
    shutil.copytree(tiny.adapter(), cut)
    weights = cut / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-9])
    cases = [
        (CANNOT_TELL, ["0 conversations"], dict(validation=empty), []),
        (2, ["--validation", str(tmp_path / "absent"), "does not exist"], dict(validation=tmp_path / "absent"), []),
        (2, ["--questions", str(tmp_path / "absent"), "does not exist"], {}, ["--questions", tmp_path / "absent"]),
        (2, ["--validation", "is a folder"], dict(validation=tmp_path), []),
        (2, ["--model", "File name too long"], dict(model="m" * 5000), []),
        (2, [weights.name, "--allow-mismatch"], dict(adapter=cut, allows_mismatch=False), []),
        (1, [str(weights)], dict(adapter=cut), []),
        (1, ["adapter_config.json"], dict(adapter=tiny.model), []),
        (2, ["--max-new-tokens"], {}, ["--max-new-tokens", "0"]),
    ]
    for number, (status, words, keywords, more) in enumerate(cases):
        run = program.run(*tiny.eval(tmp_path / f"out-{number}", *more, **keywords))
        assert run.status == status, (words, run.status, run.stderr)
        for word in words:
            assert word in run.stderr, run.stderr
        assert "internal error" not in run.stderr
    long = write_lines(tmp_path / "long.jsonl", [conversation(number) for number in range(3)]
                       + [conversation(4, answer="water " * 300)])
    run = program.run(*tiny.eval(tmp_path / "long", validation=long))
    assert run.status == CANNOT_TELL and "was longer than the context" in (tmp_path / "long/report.html").read_text(), run.stderr


def test_eval_run_input_that_is_not_a_file(tiny, tmp_path):
    """A pipe cannot be hashed for the manifest after it was read: refused before the work. Failed with an internal
    fault after everything was tokenized."""
    for option in ("--validation", "--questions"):
        run = in_shell(*tiny.eval(tmp_path / "out"), option, pipe_of=tiny.validation if option == "--validation" else tiny.questions)
        assert run.status == 2 and option in run.stderr and "is not a regular file" in run.stderr, run.stderr
        assert not (tmp_path / "out").exists()


def test_eval_run_refuses_a_worse_model(tiny, tmp_path):
    """A base model that was trained on the answers, and an adapter trained on others: exit status 3 and DO NOT DEPLOY."""
    base, worse = tmp_path / "base", tmp_path / "worse"
    assert program.run(*tiny.sft(base, "--method", "full", steps=60)).status == 0
    opposite = write_lines(tmp_path / "opposite.jsonl", [conversation(number, answer="Pale combs! " * 4) for number in range(24)])
    assert program.run(*tiny.sft(worse, "--learning-rate", "0.1", model=base, train=opposite, steps=30)).status == 0
    many = write_lines(tmp_path / "many.jsonl", [conversation(number) for number in range(100, 140)])
    run = program.run(*tiny.eval(tmp_path / "out", model=base, adapter=worse, validation=many))
    assert run.status == 3, run.stderr
    assert "DO NOT DEPLOY" in run.stderr and "DO NOT DEPLOY" in (tmp_path / "out/report.html").read_text()
    assert json.loads((tmp_path / "out/scores.json").read_text())["verdict"] == "DO NOT DEPLOY"
