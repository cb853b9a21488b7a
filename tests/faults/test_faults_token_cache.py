"""The token cache fails, or a run is killed while it writes to it: the tokens are the same, and so are those of
the next run. The program is build/bin/tokens_probe, which creates the same dataset as train and eval."""
import json
import os
import pathlib
import signal
import subprocess

import pytest

import fault_points
import program

MODEL = pathlib.Path(__file__).resolve().parents[1] / "cli" / "tokenize" / "model"
PROBE = pathlib.Path(os.environ.get("INTELIA_PROGRAM", "build/release/bin/intelia")).with_name("tokens_probe")

pytestmark = pytest.mark.skipif(not fault_points.SHIM or not PROBE.exists(), reason="INTELIA_FAULT_SHIM is not set or tokens_probe is not built")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Enough for several writes of 1 MiB, with bad lines between."""
    path = tmp_path_factory.mktemp("data") / "d.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(80):
            turns = [{"role": "user", "content": f"{number} hens"}, {"role": "assistant", "content": "é" * 2000}]
            file.write(json.dumps({"messages": turns, "metadata": {"conversation_id": f"c{number}"}}) + "\n")
            if number % 50 == 0:
                file.write("not json\n")
    return path


def request(dataset, cache):
    return json.dumps({"do": "dataset", "folder": str(MODEL), "path": str(dataset), "cache": str(cache)}) + "\n"


def tokens(dataset, cache, **environment):
    """The result of a run, or None when it was killed."""
    done = subprocess.run([PROBE], input=request(dataset, cache), text=True, capture_output=True, env={"PATH": os.environ["PATH"], **environment}, timeout=120)
    if done.returncode == 86:
        return None
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def undisturbed(dataset, tmp_path_factory):
    """(result, number of changes of the folder) of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("undisturbed")
    log = folder / "calls.log"
    result = tokens(dataset, folder / "cache", **fault_points.environment(folder / "cache", log=log))
    assert len(result["samples"]) == 80 and result["rejected"] == 2
    num_calls = len(log.read_text().splitlines())
    assert num_calls >= 5, log.read_text()
    assert len(list((folder / "cache").glob("*.tokens"))) == 1
    assert tokens(dataset, "") == result
    return result, num_calls


def test_fault_29_token_cache_folder_swapped(dataset, undisturbed, tmp_path):
    """At each change of the cache it is renamed, and replaced by a link to another one, whose files of the same names stay."""
    expected, num_calls = undisturbed
    for at in range(2, num_calls + 1):  # the first one makes the folder
        place = tmp_path / str(at)
        cache, other = place / "cache", place / "other"
        other.mkdir(parents=True)
        process = subprocess.Popen([PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   env={"PATH": os.environ["PATH"], **fault_points.environment(cache, at, "STOP")})
        process.stdin.write(request(dataset, cache))
        process.stdin.close()
        program.wait_for(lambda: program.is_stopped(process))
        for name in [path.name for path in cache.iterdir()] + ["old.tokens", ".killed.tokens.partial"]:
            (other / name).write_text("of another run")
        before = fault_points.files_of(other)
        program.swap_folder(cache, other)
        process.send_signal(signal.SIGCONT)
        result = json.loads(process.stdout.read())
        assert process.wait() == 0 and result == expected, at
        assert fault_points.files_of(other) == before, at


@pytest.mark.parametrize("action", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("forever", [False, True])
def test_fault_03_token_cache(dataset, undisturbed, tmp_path, action, forever):
    expected, num_calls = undisturbed
    for at in range(1, num_calls + 1):
        cache = tmp_path / str(at)
        assert tokens(dataset, cache, **fault_points.environment(cache, at=at, action=action, forever=forever)) == expected, at
        assert tokens(dataset, cache) == expected, at
        assert [path.name.endswith(".tokens") for path in cache.iterdir()] == [True], at


@pytest.mark.parametrize("action", ["exit", "torn", "short"])
def test_fault_01_token_cache(dataset, undisturbed, tmp_path, action):
    expected, num_calls = undisturbed
    num_killed = 0
    for at in range(1, num_calls + 1):
        cache = tmp_path / str(at)
        result = tokens(dataset, cache, **fault_points.environment(cache, at=at, action=action))
        assert result in (None, expected), at
        num_killed += result is None
        assert tokens(dataset, cache) == expected, at
        assert [path.name.endswith(".tokens") for path in cache.iterdir()] == [True], at
    assert (num_killed > 0) == (action != "short")
