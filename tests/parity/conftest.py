"""What the parity tests share: the engine's probe, random models and their rows of tokens, and the outside data."""

import json
import os
import pathlib
import subprocess

import pytest

BUILD = pathlib.Path(os.environ.get("INTELIA_BUILD", pathlib.Path(__file__).parents[2] / "build" / "release"))


@pytest.fixture(scope="session")
def engine_probe():
    """Asks build/bin/engine_probe: engine_probe(do="logits", …) -> its answer. Paths may be given as paths."""

    def ask(**request):
        result = subprocess.run([BUILD / "bin" / "engine_probe"], input=json.dumps(request, default=str), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if result.returncode != 0:
            raise RuntimeError(f"engine_probe ended with {result.returncode}: {result.stderr}")
        return json.loads(result.stdout)

    return ask


@pytest.fixture(scope="session")
def external_data():
    """The folder of downloaded models and tokenizers; without it the test is skipped, or fails where it must be there."""
    folder = os.environ.get("INTELIA_EXTERNAL_DATA", "")
    if folder:
        return pathlib.Path(folder)
    if os.environ.get("INTELIA_REQUIRE_EXTERNAL_DATA"):
        pytest.fail("INTELIA_EXTERNAL_DATA is not set, and INTELIA_REQUIRE_EXTERNAL_DATA says it must be")
    pytest.skip("INTELIA_EXTERNAL_DATA is not set")
