"""The fuzzers of lib/tokenizer and lib/tokens, each for a minute under the address and undefined-behaviour sanitizers, without a finding.

Runs with INTELIA_SLOW_TESTS=1 only: it builds the fuzzers with clang in INTELIA_BUILD/fuzz first. Their seeds are made here from
the other tests' files. INTELIA_FUZZ_SECONDS is the time of each (default 60). Findings are stored in INTELIA_BUILD/fuzz/findings.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

if os.environ.get("INTELIA_SLOW_TESTS") != "1":
    pytest.skip("INTELIA_SLOW_TESTS is not 1", allow_module_level=True)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("INTELIA_BUILD", "build/release") / "fuzz").resolve()
SECONDS = int(os.environ.get("INTELIA_FUZZ_SECONDS", "60"))
TARGETS = {"tokenizer_json": 20_000, "tokenizer_model": 80_000, "chat_template": 4_000, "encode": 4_000}  # and the longest input
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "parity")]


@pytest.fixture(scope="module")
def fuzzers():
    clang = shutil.which("clang++-16") or shutil.which("clang++")
    if clang is None:
        pytest.skip("clang is not installed")
    configure = ["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={clang}", f"-DCMAKE_C_COMPILER={clang.replace('clang++', 'clang')}",
                 "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DINTELIA_ENGINE=OFF", "-DINTELIA_CUDA=OFF", "-DINTELIA_FUZZ=ON", f"-DINTELIA_PYTHON={sys.executable}"]
    subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", BUILD, *[f"{name}_fuzzer" for name in TARGETS]], check=True, stdout=subprocess.DEVNULL)
    return BUILD / "bin"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A small folder for each kind of tokenizer; the names of lossless ones begin with "lossless"."""
    import test_tokens_corpus as kinds
    from test_tokens_vectors import tekken_document

    folder = tmp_path_factory.mktemp("models")
    sources = [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "lib").rglob("*.cpp"))]
    lines = [line for path in sources for line in path.read_text().split("\n") if line.strip()]
    for place, (name, train) in enumerate(kinds.TRAINED.items()):
        (folder / f"trained {place}").mkdir()
        train(folder / f"trained {place}", lines)
    (folder / "trained 1").rename(folder / "lossless, Llama 3")
    (folder / "trained 3").rename(folder / "lossless, o200k")
    kinds.train_sentencepiece(folder, lines, "bpe")
    model = (folder / "tokenizer.model").read_bytes()
    (folder / "tokenizer.model").unlink()
    (folder / "tokenizer.vocab").unlink()
    for name, make in kinds.BYTE_FALLBACK.items():
        (folder / name).mkdir()
        make(folder / name, model)
    (folder / "lossless, Tekken").mkdir()
    (folder / "lossless, Tekken" / "tekken.json").write_text(tekken_document())
    return folder


def shrink(document, size):
    """A tokenizer.json with only the first tokens of its vocabulary: a seed that a fuzzer can change in many places."""
    document = json.loads(document)
    model = document["model"]
    if model["type"] == "BPE":
        model["vocab"] = {token: number for token, number in model["vocab"].items() if number < size}
        model["merges"] = [pair for pair in model["merges"] if "".join(pair) in model["vocab"]]
    else:
        model["vocab"] = model["vocab"][:size]
    return json.dumps(document, ensure_ascii=False)


def seeds_of(target, models):
    """Names and bytes."""
    if target == "chat_template":
        return {path.name: path.read_bytes() for path in (ROOT / "tests" / "parity" / "templates").glob("*.jinja")}
    if target == "tokenizer_json":
        return {f"{path.parent.name}-{size}": shrink(path.read_text(), size).encode() for path in models.glob("*/tokenizer.json") for size in (20, 300)}
    if target == "tokenizer_model":
        from test_tokens_vectors import BYTES, ranks, tekken_document

        seeds = {path.parent.name: path.read_bytes() for path in models.glob("*/tokenizer.model")}
        return dict(seeds, tiktoken=ranks(BYTES + [b"ab"]).encode(), tekken=tekken_document().encode())
    from test_tokens import SENTENCES

    return {str(place): bytes([place]) + text.encode() for place, text in enumerate(SENTENCES)}


@pytest.mark.parametrize("target", TARGETS)
def test_no_finding(fuzzers, models, tmp_path, target):
    seeds, corpus, findings = tmp_path / "seeds", tmp_path / "corpus", BUILD / "findings" / target
    for folder in (seeds, corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds_of(target, models).items():
        (seeds / name).write_bytes(content)
    command = [fuzzers / f"{target}_fuzzer", corpus, seeds, f"-max_total_time={SECONDS}", f"-max_len={TARGETS[target]}", "-timeout=20", "-rss_limit_mb=3000",
               f"-artifact_prefix={findings}/", "-print_final_stats=1"]
    environment = dict(os.environ, INTELIA_FUZZ_MODELS=str(models), TMPDIR=str(tmp_path), UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1")
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    assert result.returncode == 0, result.stdout[-6000:]
