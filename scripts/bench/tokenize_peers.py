#!/usr/bin/env python3
"""Text to ids against HF tokenizers, tiktoken and gigatoken: same texts, same vocabulary, equal ids, in one run.

usage: scripts/bench/tokenize [--megabytes 50] [--threads 1] [--models llama-3,cl100k,llama-4] [--passes 5]
                              [--program PATH] [--results FILE.json]

Each implementation is timed with its own call for a batch of texts, on `--threads` threads, from strings in memory to ids in
memory, without disk access: intelia encode_batch of the library (vectors of ids; the program tokenize_probe
times it in its own process), HF tokenizers encode_batch_fast (no offsets) and encode_batch, tiktoken
encode_ordinary_batch, gigatoken encode_batch. Cold is the first call in a new process, warm the
median of the later ones on the same texts. With one thread CPU seconds are reported (other programs may run at the same
time), with several wall-clock seconds. The texts are the Python environment's own files: docstrings and other prose,
Markdown, code, and the repository's sample documents.
"""
import argparse
import ast
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
LLAMA3_PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA4_PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# The packages that ship ranks, and the pattern they are used with.
MODELS = {
    "llama-3": ("llama_models", "llama3/tokenizer.model", LLAMA3_PATTERN),
    "cl100k": ("tiktoken_ext", "data/cl100k_base.tiktoken", LLAMA3_PATTERN),
    "llama-4": ("llama_models", "llama4/tokenizer.model", LLAMA4_PATTERN),
}
MAX_FILE_BYTES = 1_000_000
PROSE_SHARE = 0.5


def docstrings(source: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            return ""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = (ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, holders))
    return "\n\n".join(text for text in found if text)


def texts_of(paths):
    for path in paths:
        data = path.read_bytes()
        if not 0 < len(data) <= MAX_FILE_BYTES or b"\0" in data:
            continue
        try:
            yield data.decode("utf-8")
        except UnicodeDecodeError:
            continue


def corpus(num_bytes: int) -> list[str]:
    """Half prose (documents, Markdown, docstrings), half code, in a fixed random order."""
    packages = pathlib.Path(sysconfig.get_paths()["purelib"])
    files = sorted(path for path in packages.rglob("*") if path.is_file())
    prose = list(texts_of(sorted(ROOT.glob("data/sample/documents/*/*.md"))))
    prose += texts_of(path for path in files if path.suffix in (".md", ".rst", ".txt") or path.name == "METADATA")
    code = list(texts_of(path for path in files if path.suffix == ".py"))
    random.Random(1).shuffle(code)
    taken, sizes = [], {"prose": 0, "code": 0}

    def take(kind: str, text: str, limit: float) -> None:
        size = len(text.encode("utf-8"))
        if text and sizes[kind] + size <= limit:
            taken.append(text)
            sizes[kind] += size

    for text in prose:
        take("prose", text, num_bytes * PROSE_SHARE)
    for text in code:
        if sizes["prose"] + MAX_FILE_BYTES / 100 < num_bytes * PROSE_SHARE:
            take("prose", docstrings(text), num_bytes * PROSE_SHARE)
    for text in reversed(code):
        take("code", text, num_bytes * (1 - PROSE_SHARE))
    random.Random(2).shuffle(taken)
    print(f"corpus: {len(taken)} texts, prose {sizes['prose'] / 1e6:.1f} MB, code {sizes['code'] / 1e6:.1f} MB")
    return taken


def ranks_of(package: str, file: str):
    import importlib.util

    from tiktoken.load import load_tiktoken_bpe

    folders = importlib.util.find_spec(package).submodule_search_locations
    path = next(pathlib.Path(folder) / file for folder in folders if (pathlib.Path(folder) / file).exists())
    return path, load_tiktoken_bpe(str(path))


def write_tokenizer_json(folder: pathlib.Path, path: pathlib.Path, pattern: str) -> None:
    """As transformers converts a tiktoken file."""
    from transformers.convert_slow_tokenizer import TikTokenConverter

    folder.mkdir(exist_ok=True)
    target = folder / "tokenizer.json"
    TikTokenConverter(vocab_file=str(path), pattern=pattern).converted().save(str(target))


def timed(call, threads: int):
    clock = time.process_time if threads == 1 else time.perf_counter
    begin = clock()
    result = call()
    return clock() - begin, result


def repeated(call, passes: int, threads: int):
    """Seconds of the first call, median of the later ones, and the last result."""
    cold, result = timed(call, threads)
    later = []
    for _ in range(passes - 1):
        result = None
        seconds, result = timed(call, threads)
        later.append(seconds)
    return cold, statistics.median(later) if later else cold, result


def ours(options, folder: pathlib.Path, documents: pathlib.Path, passes: int):
    ids_file = folder / "ids"
    command = [options.program, folder, documents, str(passes), str(options.threads), ids_file]
    out = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    seconds = [float(line.split()[options.threads == 1]) for line in out.splitlines()]
    import numpy

    flat = numpy.fromfile(ids_file, dtype=numpy.int32)
    ids, at = [], 0
    while at < len(flat):
        ids.append(flat[at + 1 : at + 1 + flat[at]])
        at += 1 + flat[at]
    return seconds[0], statistics.median(seconds[1:] or seconds), ids


def num_different(left, right) -> int:
    import numpy

    assert len(left) == len(right)
    return sum(not numpy.array_equal(a, numpy.asarray(b)) for a, b in zip(left, right))


def measure(name: str, options, texts: list[str], work: pathlib.Path) -> dict:
    import gigatoken
    import tiktoken
    import tokenizers

    package, file, pattern = MODELS[name]
    path, ranks = ranks_of(package, file)
    folder = work / name
    write_tokenizer_json(folder, path, pattern)
    documents = work / "documents"
    documents.write_bytes(b"".join(text.encode("utf-8") + b"\0" for text in texts))
    megabytes = sum(len(text.encode("utf-8")) for text in texts) / 1e6
    rates = {}

    cold, warm, our_ids = ours(options, folder, documents, options.passes)
    rates["intelia cold"], rates["intelia warm"] = megabytes / cold, megabytes / warm

    giga = gigatoken.Tokenizer.from_json((folder / "tokenizer.json").read_bytes())
    cold, warm, result = repeated(lambda: giga.encode_batch(texts, parallel=options.threads > 1), options.passes, options.threads)
    rates["gigatoken cold"], rates["gigatoken warm"] = megabytes / cold, megabytes / warm
    different = {"gigatoken": num_different(our_ids, list(result))}
    result = None

    tik = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    _, warm, result = repeated(lambda: tik.encode_ordinary_batch(texts, num_threads=options.threads), 2, options.threads)
    rates["tiktoken"] = megabytes / warm
    different["tiktoken"] = num_different(our_ids, result)
    result = None

    peer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    seconds, result = timed(lambda: peer.encode_batch(texts, add_special_tokens=False), options.threads)
    rates["tokenizers encode_batch"] = megabytes / seconds
    different["tokenizers"] = num_different(our_ids, [encoding.ids for encoding in result])
    result = None
    seconds, result = timed(lambda: peer.encode_batch_fast(texts, add_special_tokens=False), options.threads)
    rates["tokenizers encode_batch_fast"] = megabytes / seconds
    result = None

    tokens = sum(len(ids) for ids in our_ids)
    print(f"\n{name}: {megabytes:.1f} MB, {tokens} tokens, {options.threads} thread(s); texts with other ids than intelia: {different}")
    print(f"{'':32}{'MB/s':>9}{'intelia cold':>14}{'intelia warm':>14}")
    for label, rate in rates.items():
        print(f"{label:32}{rate:9.1f}{rates['intelia cold'] / rate:13.2f}x{rates['intelia warm'] / rate:13.2f}x")
    return {"model": name, "megabytes": megabytes, "tokens": tokens, "megabytes_per_second": rates, "texts_with_other_ids": different}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=50)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models", default="llama-3,cl100k,llama-4")
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/tokenize_probe"))
    parser.add_argument("--results", type=pathlib.Path)
    options = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if options.threads > 1 else "false"
    os.environ["RAYON_NUM_THREADS"] = str(options.threads)
    texts = corpus(int(options.megabytes * 1e6))
    with tempfile.TemporaryDirectory() as work:
        results = [measure(name, options, texts, pathlib.Path(work)) for name in options.models.split(",")]
    if options.results:
        options.results.write_text(json.dumps(results, indent=1) + "\n")
    return 1 if any(any(result["texts_with_other_ids"].values()) for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
