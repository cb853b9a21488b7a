"""The process that a command runs in: limits, a current folder that is gone, and another run at the same time."""
import fcntl
import hashlib
import re
import struct
import subprocess

import pytest

import program
from tiny import ON_CPU, ONE_THREAD, results_of


def run_limited(*arguments, limits=(), folder=None):
    return subprocess.run(["prlimit", *limits, program.PROGRAM, *map(str, arguments)], cwd=folder, env=program.clean_environment(),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def test_fault_30_a_thread_that_cannot_be_started(tiny, tmp_path):
    run = run_limited(*tiny.init(tmp_path / "out", "--threads", 2), limits=[f"--as={100 << 20}"])
    assert run.returncode == 1 and "internal error" not in run.stderr, run.stderr
    assert "ulimit -v" in run.stderr or "out of memory" in run.stderr, run.stderr


def test_fault_30_a_small_stack(tiny, tmp_path):
    run = run_limited(*tiny.sft(tmp_path / "out"), limits=["--stack=65536"])
    assert run.returncode == 1 and "ulimit -s" in run.stderr, (run.returncode, run.stderr)


@pytest.mark.parametrize("command", ["sft", "generate", "eval", "merge", "init"])
def test_fault_29_current_folder_removed(tiny, tmp_path, command):
    """With absolute paths: a result, or an error in the words of this program."""
    arguments = {"sft": tiny.sft(tmp_path / "out"), "eval": tiny.eval(tmp_path / "out"), "init": tiny.init(tmp_path / "out"),
                 "generate": ["generate", *ON_CPU, "--model", tiny.model, "--prompts", tiny.questions, "--max-new-tokens", 1,
                              "--output", tmp_path / "a.jsonl"],
                 "merge": ["model", "merge", *ONE_THREAD, "--model", tiny.model, "--adapter", tiny.adapter(), "--output", tmp_path / "out"]}
    (tmp_path / "here").mkdir()
    run = subprocess.run(["sh", "-c", 'rmdir ../here && exec "$@"', "sh", program.PROGRAM, *map(str, arguments[command])],
                         cwd=tmp_path / "here", env=program.clean_environment(), capture_output=True, text=True, timeout=60)
    if command == "init":
        assert run.returncode == 0, run.stderr
    else:
        assert run.returncode == 1 and "the current folder was removed" in run.stderr and "MKL" not in run.stderr, run.stderr


def test_fault_06_preview(tiny, tmp_path):
    """Two runs with the same output: the second one says so with exit status 75."""
    arguments = ["dataset", "preview", tiny.train, "--model", tiny.model, "--output", tmp_path / "preview.txt"]
    with open(tmp_path / ".preview.txt.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = program.run(*arguments)
    assert run.status == 75 and "is in use by" in run.stderr, run.stderr
    assert program.run(*arguments).status == 0


def test_fault_05_reference_cache(tiny, tmp_path):
    """Stored log-probabilities of another run, or that no model gives, are computed again, whatever their hash says."""
    def train(name, *more):
        run = program.run(*tiny.preference("dpo", tmp_path / name, "--precompute-reference", *more, steps=2),
                          environment={"INTELIA_CACHE_DIR": str(tmp_path / "cache")})
        assert run.status == 0, run.stderr
        return run

    train("first")
    folder = tmp_path / "cache/reference"
    assert folder.stat().st_mode & 0o777 == 0o700
    files = sorted(folder.glob("*.logps"))
    assert len(files) == 2 and "using the reference's log-probabilities" in train("again").stderr
    expected = results_of(tmp_path / "again")
    whole = [file.read_bytes() for file in files]
    head, hexadecimal = b"intelia reference 2\n", 64
    for value in (1000.0, float("nan"), float("-inf"), 0.5):
        for file, data in zip(files, whole):
            values = struct.pack("<f", value) + data[len(head) + hexadecimal + 4:]
            file.write_bytes(head + hashlib.sha256(file.name.encode() + b"\n" + values).hexdigest().encode() + values)
        run = train("forged", "--force")
        assert len(re.findall("is damaged; it is computed again", run.stderr)) == 2, run.stderr
        assert results_of(tmp_path / "forged") == expected and [file.read_bytes() for file in files] == whole
    other = [data for data in whole if len(data) != len(whole[0])]
    for file in files:  # those of the other data, or of another key with the same number of values
        file.write_bytes((other or whole[::-1])[0] if file.read_bytes() == whole[0] else whole[0])
    assert "is damaged" in train("forged", "--force").stderr
    assert results_of(tmp_path / "forged") == expected
