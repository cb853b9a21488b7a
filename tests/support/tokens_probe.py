"""The probe of lib/tokens: one process that answers JSON requests, and encodes files of texts."""

import json
import os
import pathlib
import struct
import subprocess

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROBE = ROOT / os.environ.get("INTELIA_BUILD", "build/release") / "bin" / "tokens_probe"


class Probe:
    def __init__(self):
        self.process = subprocess.Popen([str(PROBE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def __call__(self, **request):
        self.process.stdin.write(json.dumps(request, default=str) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the probe died on {request}"
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        return self.process.wait(timeout=60)


def write_texts(path, texts):
    """Texts (bytes) one after the other, each after its length in 32 bits."""
    with open(path, "wb") as file:
        for text in texts:
            file.write(struct.pack("<I", len(text)) + text)


def read_ids(path):
    """For each text of the file its ids."""
    numbers = numpy.fromfile(path, dtype="<i4")
    place = 0
    while place < len(numbers):
        end = place + 1 + numbers[place]
        yield numbers[place + 1 : end]
        place = end
