"""Runs of the tracking probe: the trackers without training, controlled line by line."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import program  # noqa: E402
from tiny import Tiny  # noqa: E402

PROBE = os.environ.get("INTELIA_TRACKING_PROBE", str(program.ROOT / "build/release/bin/tracking_probe"))


def metrics_line(step, scale):
    """A line as written by training, losses times `scale`; every second one has a validation loss."""
    line = {"step": step, "epoch": step / 8, "loss": 2 * scale / step, "grad_norm": 0.1 * step, "learning_rate": 1e-3 / step, "tokens": 100 * step}
    if step % 2 == 0:
        line["eval_loss"] = 2.5 * scale / step
    line["measured"] = {"tokens_per_second": 12.5, "seconds": 1.5 * step, "peak_bytes": 1 << 28}
    return line


def scalars_of(line, prefix=""):
    """Name → number of a line of metrics.jsonl."""
    found = {}
    for name, value in line.items():
        if isinstance(value, dict):
            found.update(scalars_of(value, f"{prefix}{name}/"))
        elif prefix + name != "step" and value is not None:
            found[prefix + name] = value
    return found


def points_of(folder):
    """{(name, step): value} of metrics.jsonl: what every tracker must have exactly once."""
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return {(name, line["step"]): value for line in lines for name, value in scalars_of(line).items()}


class Probe:
    """A process with trackers. Each call returns when the trackers have returned."""

    def __init__(self, folder, environment=None, **request):
        request = {"output": str(folder), "identity": "0123456789abcdef", **request}
        self.process = subprocess.Popen([PROBE, json.dumps(request)], env=program.clean_environment(environment), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", self.process.stderr.read()

    def begin(self, num_kept=0):
        self.say(f"keep {num_kept}")
        return self

    def lines(self, first, last, scale=1):
        for step in range(first, last + 1):
            self.say(json.dumps(metrics_line(step, scale)))
        return self

    def end(self, outcome="finished", timeout_seconds=120):
        """(exit status, output)."""
        _, said = self.process.communicate(f"end {outcome}\n", timeout=timeout_seconds)
        return self.process.returncode, said

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return Tiny(tmp_path_factory.mktemp("tiny"))
