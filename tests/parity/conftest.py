"""Shared by the parity tests: the probes of the engine and of lib/tokens."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import tokens_probe  # noqa: E402

BUILD = pathlib.Path(os.environ.get("INTELIA_BUILD", pathlib.Path(__file__).parents[2] / "build" / "release"))


def asker(name):
    """Sends one JSON object to build/bin/NAME -> its answer. Paths may be Path objects."""

    def ask(**request):
        result = subprocess.run([BUILD / "bin" / name], input=json.dumps(request, default=str), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if result.returncode != 0:
            raise RuntimeError(f"{name} ended with {result.returncode}: {result.stderr}")
        return json.loads(result.stdout)

    return ask


@pytest.fixture(scope="session")
def engine_probe():
    return asker("engine_probe")


@pytest.fixture(scope="session")
def gradient_probe():
    return asker("gradient_probe")


@pytest.fixture(scope="session")
def probe():
    """Calls build/bin/tokens_probe: probe(do="encode", …) -> its answer."""
    if not tokens_probe.PROBE.exists():
        pytest.skip(f"{tokens_probe.PROBE} is not built")
    made = tokens_probe.Probe()
    yield made
    assert made.close() == 0
