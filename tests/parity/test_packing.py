"""Packing against TRL's pack_dataset: the same rows, piece by piece, for each strategy and chunk size.

TRL packs token lists; here each token encodes its sample and position, so that TRL's rows can be read
back as pieces. The probe is INTELIA_BUILD/bin/packing_probe (default build/release).
"""

import itertools
import json
import os
import pathlib
import random
import struct
import subprocess

import pytest

datasets = pytest.importorskip("datasets")
trl = pytest.importorskip("trl")

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROBE = ROOT / os.environ.get("INTELIA_BUILD", "build/release") / "bin" / "packing_probe"
STRIDE = 1 << 20  # token = sample * STRIDE + position


def our_rows(lengths, max_length, strategy, chunk):
    done = subprocess.run([PROBE, str(max_length), strategy, str(chunk), "rows"], input=struct.pack(f"<{len(lengths)}q", *lengths), capture_output=True, check=True)
    return [[tuple(piece) for piece in json.loads(line)] for line in done.stdout.splitlines()]


def pieces_of(tokens):
    """Runs of consecutive tokens of one sample, as (sample, begin, length)."""
    pieces = []
    for token in tokens:
        sample, position = divmod(token, STRIDE)
        if pieces and pieces[-1][0] == sample and pieces[-1][1] + pieces[-1][2] == position:
            pieces[-1] = (sample, pieces[-1][1], pieces[-1][2] + 1)
        else:
            pieces.append((sample, position, 1))
    return pieces


def peer_rows(lengths, max_length, strategy, chunk):
    tokens = [[sample * STRIDE + position for position in range(length)] for sample, length in enumerate(lengths)]
    features = datasets.Features({"input_ids": datasets.Sequence(datasets.Value("int64"))})
    dataset = datasets.Dataset.from_dict({"input_ids": tokens}, features=features)
    chunks = {} if chunk is None else {"batch_size": chunk or max(1, len(lengths))}
    packed = trl.pack_dataset(dataset, max_length, strategy, {**chunks, "load_from_cache_file": False})
    return [pieces_of(row) for row in packed["input_ids"]]


def lengths_of(kind, count, max_length, seed):
    rng = random.Random(seed)
    if kind == "even":
        return [rng.randint(0, max_length) for _ in range(count)]
    if kind == "chat":  # few short, many medium, a long tail that does not fit
        return [min(3 * max_length, max(1, int(rng.lognormvariate(0, 0.9) * max_length / 4))) for _ in range(count)]
    return [rng.choice([1, 2, max_length // 2, max_length // 2 + 1, max_length - 1, max_length]) for _ in range(count)]  # many ties


@pytest.fixture(autouse=True, scope="module")
def quiet_peer():
    datasets.disable_progress_bars()
    if not PROBE.exists():
        pytest.skip(f"{PROBE} is not built")


@pytest.mark.parametrize("strategy", ["bfd", "bfd_split", "wrapped"])
@pytest.mark.parametrize("max_length", [1, 8, 63, 64, 65, 256, 1000])
@pytest.mark.parametrize("kind", ["even", "chat", "ties"])
def test_same_rows_as_trl(strategy, max_length, kind):
    for chunk, seed in itertools.product([0, 1, 100], [1]):
        lengths = [max(1, length) for length in lengths_of(kind, 250, max_length, seed)]
        assert our_rows(lengths, max_length, strategy, chunk) == peer_rows(lengths, max_length, strategy, chunk), (chunk, seed)


def test_same_rows_as_trl_on_many_samples():
    lengths = [max(1, length) for length in lengths_of("chat", 20_000, 512, 5)]
    for chunk in (0, 1000):
        assert our_rows(lengths, 512, "bfd", chunk) == peer_rows(lengths, 512, "bfd", chunk)


def test_chunk_of_trl():
    """The number of samples that --compat trl packs at a time is that of TRL's trainer, which does not document it."""
    lengths = [max(1, length) for length in lengths_of("chat", 2_500, 512, 6)]
    assert our_rows(lengths, 512, "bfd", 1000) == peer_rows(lengths, 512, "bfd", None) != our_rows(lengths, 512, "bfd", 0)


def test_empty_samples_lie_in_no_row():
    lengths = [0, 3, 0, 0, 5, 0]
    assert our_rows(lengths, 8, "bfd", 0) == peer_rows(lengths, 8, "bfd", 0) == [[(4, 0, 5), (1, 0, 3)]]
