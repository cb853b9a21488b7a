"""--rank-pattern and --alpha-pattern: what is trained is what Python's re, with which PEFT reads the folder, makes of the patterns."""
import json
import random
import re

import pytest

import program
from safetensors.numpy import load_file

REFUSED = [r"\Qq_proj\E", r"q_proj\z", r"\p{L}_proj", "(?|q|k)_proj", r"q\K_proj", "(*ACCEPT)q_proj", "(?<n>q)_proj", "(?P<n>q)_proj",
           "(?i)Q_PROJ", "(?>q)_proj", "q++_proj", "[[:alpha:]]_proj", r"\x71_proj", r"(q)_proj\1", "(?#x)q_proj"]
ACCEPTED = ["q_proj", ".*", "[qk]_proj", "[^qk]_proj", "[]q]_proj", r"self_attn\.(q|k)_proj", "(?:q|v)_proj", r"\w_proj", "q_proj$",
            r"layers\.0\..*up_proj", "(?!q)._proj", "q(?<=q)_proj", r"[\w]_proj", "q{1}_proj", ".+?_proj", r"\bq_proj"]


def sft(tiny, folder, *options):
    return program.run(*tiny.sft(folder, "--lora-targets", "all-linear", *options, steps=1))


def check_ranks(folder, pattern):
    """The rank of every adapted layer is the pattern's where PEFT's re.match finds it, else 2."""
    assert json.loads((folder / "adapter_config.json").read_text())["rank_pattern"] == {pattern: 3}
    for name, tensor in load_file(folder / "adapter_model.safetensors").items():
        if ".lora_A." in name:
            path = name.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
            assert tensor.shape[0] == (3 if re.match(rf"(.*\.)?({pattern})$", path) else 2), (pattern, path)


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_python_reads_otherwise_is_refused(tiny, tmp_path, pattern):
    for option in ("--rank-pattern", "--alpha-pattern"):
        run = sft(tiny, tmp_path / "out", option, f"{pattern}=3")
        assert run.status in (1, 2) and "Python's re" in run.stderr, run.stderr
        assert not (tmp_path / "out/adapter_config.json").exists()


@pytest.mark.parametrize("pattern", ACCEPTED)
def test_what_is_read_alike_is_trained_alike(tiny, tmp_path, pattern):
    run = sft(tiny, tmp_path / "out", "--rank-pattern", f"{pattern}=3")
    assert run.status == 0, run.stderr
    check_ranks(tmp_path / "out", pattern)


def test_random_patterns(tiny, tmp_path):
    """Patterns of random pieces: refused, or trained as Python reads them."""
    chance = random.Random(16)
    pieces = ["q", "k_proj", "_proj", ".*", ".", "(", ")", "|", "[", "]", "^", "$", "?", "+", "*", "{1}", "{", "}", "\\w", "\\.", "\\", "(?:",
              "(?i)", "(?=", "[:alpha:]", "-", "z", "\\d", "(?P"]
    num_trained = 0
    for number in range(60):
        pattern = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 5))) + chance.choice([".*", "_proj", ""])
        run = sft(tiny, tmp_path / str(number), "--rank-pattern", f"{pattern}=3")
        assert run.status in (0, 1, 2) and "internal" not in run.stderr, (pattern, run.stderr)
        if run.status == 0:
            check_ranks(tmp_path / str(number), pattern)
            num_trained += 1
    assert num_trained >= 3


@pytest.mark.parametrize("option", ["--rank-pattern", "--alpha-pattern"])
def test_a_pattern_twice_is_refused(tiny, tmp_path, option):
    run = sft(tiny, tmp_path / "out", option, "q_proj=1,q_proj=2")
    assert run.status == 2 and "'q_proj' is given twice" in run.stderr, run.stderr
    assert not (tmp_path / "out/adapter_config.json").exists()
