"""Best-fit decreasing of intelia (lib/engine/packing) against TRL on the same lengths, in one run; see scripts/bench/packing.

Two ratios. "pack_dataset" is what a TRL user calls, with tokens of 32 bits: TRL copies them into its rows, intelia returns
the positions of the pieces without copying. "search alone" reduces copying in TRL as far as possible: its inner
function on tokens of one byte. The lengths of the rows of both are compared before the times.
"""
import argparse
import json
import pathlib
import struct
import subprocess
import sys
import time

import datasets
import numpy
import pyarrow
import trl.data_utils

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOAL = 100


def table_of(lengths: numpy.ndarray, token_type: pyarrow.DataType) -> pyarrow.Table:
    offsets = numpy.concatenate(([0], numpy.cumsum(lengths))).astype(numpy.int32)
    values = pyarrow.array(numpy.zeros(int(offsets[-1]), dtype=token_type.to_pandas_dtype()))
    return pyarrow.table({"input_ids": pyarrow.ListArray.from_arrays(pyarrow.array(offsets), values)})


def seconds_of(work, runs: int) -> tuple[float, object]:
    best, result = float("inf"), None
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--max-length", type=int, default=2048)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--probe", default=str(ROOT / "build/release/bin/packing_probe"))
    options = parser.parse_args()
    datasets.disable_progress_bars()
    # Log-normal, as lengths of conversations are: a median of a sixth of the row, a long tail that is truncated.
    drawn = numpy.random.default_rng(1).lognormal(numpy.log(options.max_length / 6), 0.8, options.samples)
    lengths = numpy.clip(drawn.astype(numpy.int64), 1, options.max_length)
    stdin = struct.pack(f"<{len(lengths)}q", *lengths)

    worst = float("inf")
    for window in (0, 1000):
        command = [options.probe, str(options.max_length), "bfd", str(window)]
        rows = [json.loads(line) for line in subprocess.run([*command, "rows"], input=stdin, capture_output=True, check=True).stdout.splitlines()]
        ours = json.loads(subprocess.run([*command, "time"], input=stdin, capture_output=True, check=True).stdout)
        batch = window or len(lengths)
        dataset = datasets.Dataset(table_of(lengths, pyarrow.int32()))
        whole, packed = seconds_of(
            lambda: trl.pack_dataset(dataset, options.max_length, "bfd", {"batch_size": batch, "load_from_cache_file": False, "keep_in_memory": True}), options.runs)
        if packed["seq_lengths"][:] != [[piece[2] for piece in row] for row in rows]:
            sys.exit("the rows differ")
        bytes_table = table_of(lengths, pyarrow.int8())
        slices = [bytes_table.slice(begin, batch) for begin in range(0, len(lengths), batch)]
        search, _ = seconds_of(lambda: [trl.data_utils._pack_bfd(part, options.max_length) for part in slices], options.runs)
        print(f"{len(lengths)} samples, rows of {options.max_length}, window {window or 'all'}: {ours['rows']} rows, fill {ours['fill']:.4f}, equal to TRL's")
        print(f"  intelia {ours['seconds'] * 1e3:9.2f} ms   {len(lengths) / ours['seconds'] / 1e6:.1f} M samples/s")
        print(f"  TRL pack_dataset {whole * 1e3:9.2f} ms   ratio {whole / ours['seconds']:.0f}")
        print(f"  TRL search alone {search * 1e3:9.2f} ms   ratio {search / ours['seconds']:.0f}")
        worst = min(worst, search / ours["seconds"])
    print(f"minimum ratio {worst:.0f}, goal {GOAL}: {'reached' if worst >= GOAL else 'MISSED'}")
    return 0 if worst >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
