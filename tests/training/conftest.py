"""Fixtures of the tests that run `train sft` and `eval run`."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tiny import Tiny  # noqa: E402


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A tiny model with data, shared: tests write elsewhere."""
    return Tiny(tmp_path_factory.mktemp("tiny"))
