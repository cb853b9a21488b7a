"""What the parity tests of the engine share: its probe."""

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
