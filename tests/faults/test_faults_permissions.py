"""Folders that may not be entered, read or written: every command names them, as a user without rights."""
import json
import os
import pathlib
import subprocess

import pytest

import program

NOBODY = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to run the program as another user")

RECORD = {"messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}],
          "metadata": {"conversation_id": "c"}, "conversation_id": "c", "rating": 5, "created_at": "2026-01-01", "language": "en"}

# CLOSED may not be entered, SEALED may be entered but not listed or written, OPEN is writable, DATA is readable.
COMMANDS = {
    "extract from": "extract --from CLOSED/x.jsonl --output OPEN/out",
    "extract to": "extract --from DATA/x.jsonl --output CLOSED/out",
    "extract to sealed": "extract --from DATA/x.jsonl --output SEALED/out",
    "extract state": "extract --incremental --state CLOSED/state --output OPEN/out2",
    "lineage folder": "lineage CLOSED",
    "lineage inside": "lineage CLOSED/x.jsonl",
    "lineage sealed": "lineage DATA/x.jsonl --in SEALED",
    "model info": "model info CLOSED/m",
    "model info sealed": "model info SEALED",
    "model init": "model init --output CLOSED/m --tokenizer DATA",
    "model quantize": "model quantize CLOSED/m --output OPEN/q",
    "train model": "train sft --model CLOSED/m --train DATA/x.jsonl --output OPEN/t",
    "train data": "train sft --model SEALED --train CLOSED/x.jsonl --output OPEN/t",
    "train output": "train sft --model SEALED --train DATA/x.jsonl --output CLOSED/t",
    "eval": "eval run --model CLOSED/m --adapter CLOSED/a --validation DATA/x.jsonl --output OPEN/e",
    "preview": "dataset preview CLOSED/x.jsonl --model CLOSED/m",
    "preview model": "dataset preview DATA/x.jsonl --model SEALED",
    "tokenize": "tokenize DATA/x.jsonl --model CLOSED/m",
    "tokenize sealed": "tokenize DATA/x.jsonl --model SEALED",
    "detokenize": "detokenize CLOSED/x.jsonl --model DATA",
    "render": "render DATA/x.jsonl --model CLOSED/m",
    "doctor": "doctor --no-engine --output CLOSED/out",
    "config": "config --config CLOSED/intelia.toml",
}


def run_as_nobody(arguments, folder, environment):
    return subprocess.run([program.PROGRAM, *arguments], cwd=folder, user=NOBODY, group=NOBODY, extra_groups=[], timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**program.clean_environment(), "INTELIA_CACHE_DIR": f"{folder}/open/cache", **environment})


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = pathlib.Path(tmp_path_factory.mktemp("permissions"))
    for parent in [root, *root.parents]:
        if parent != pathlib.Path("/"):
            parent.chmod(parent.stat().st_mode | 0o111)
    root.chmod(0o755)
    for name, mode in (("closed", 0o700), ("sealed", 0o711), ("open", 0o777), ("data", 0o755)):
        (root / name).mkdir()
        (root / name / "x.jsonl").write_text(json.dumps(RECORD) + "\n")
        (root / name).chmod(mode)
    return root


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_folder_without_rights_is_named(folders, command):
    if not os.access(program.PROGRAM, os.X_OK):
        pytest.skip("no program")
    arguments = [part.replace("CLOSED", f"{folders}/closed").replace("SEALED", f"{folders}/sealed")
                 .replace("OPEN", f"{folders}/open").replace("DATA", f"{folders}/data") for part in command.split()]
    run = run_as_nobody(arguments, folders, {})
    said = run.stdout + run.stderr
    assert run.returncode in (0, 1, 2, 75), said
    assert "internal error" not in said and "filesystem error" not in said and "terminate called" not in said, said
    if run.returncode != 0:
        assert str(folders) in said or "DATABASE_URL" in said, said


@pytest.mark.parametrize("folder", ["closed", "closed/torch", "sealed"])
def test_libtorch_in_a_folder_without_rights(folders, folder):
    run = run_as_nobody(["doctor"], folders, {"INTELIA_LIBTORCH": f"{folders}/{folder}"})
    assert run.returncode == 1 and "internal error" not in run.stderr, run.stderr
    assert f"INTELIA_LIBTORCH is '{folders}/{folder}'" in run.stdout, run.stdout


def test_a_working_folder_without_rights(folders):
    for arguments in (["lineage", "."], ["extract", "--from", "x.jsonl", "--output", "out"], ["config", "tokenize"], ["model", "info", "m"],
                      ["tokenize", "--model", "m"], ["train", "sft", "--model", "m", "--train", "x.jsonl", "--output", "o"]):
        run = subprocess.run(["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", program.PROGRAM, *arguments],
                             cwd=folders / "closed", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                             env={**program.clean_environment(), "INTELIA_CACHE_DIR": f"{folders}/open/cache"})
        assert run.returncode in (0, 1, 2), run.stderr
        assert "internal error" not in run.stderr and "filesystem error" not in run.stderr, run.stderr
