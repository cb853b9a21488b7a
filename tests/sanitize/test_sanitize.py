"""The doctest programs of every module under the address and undefined-behavior sanitizers, and of every module but lib/nn under the
thread sanitizer, without a finding.

Runs with INTELIA_SLOW_TESTS=1 only: it builds them in INTELIA_BUILD/sanitize-NAME first. INTELIA_SANITIZE_MODULES limits it to some
modules ("extraction postgres").
"""
import os
import pathlib
import re
import subprocess
import sys

import pytest

if os.environ.get("INTELIA_SLOW_TESTS") != "1":
    pytest.skip("INTELIA_SLOW_TESTS is not 1", allow_module_level=True)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("INTELIA_BUILD", "build/release")).resolve()
WANTED = os.environ.get("INTELIA_SANITIZE_MODULES", "").split()
SANITIZERS = ["address", "thread"]


def build(sanitizer):
    """The test programs, by module."""
    folder = BUILD / f"sanitize-{sanitizer}"
    subprocess.run(["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                    f"-DINTELIA_ENGINE={'ON' if sanitizer == 'address' else 'OFF'}", "-DINTELIA_CUDA=OFF", f"-DINTELIA_SANITIZE={sanitizer}", f"-DINTELIA_PYTHON={sys.executable}"],
                   check=True, stdout=subprocess.DEVNULL)
    targets = subprocess.run(["ninja", "-C", folder, "-t", "targets", "all"], check=True, stdout=subprocess.PIPE, text=True).stdout
    modules = sorted(set(re.findall(r"^bin/(\w+)_test:", targets, re.MULTILINE)))
    assert {"base", "extraction", "postgres", "record", "tokenizer"} <= set(modules)
    modules = [module for module in modules if not WANTED or module in WANTED]
    subprocess.run(["ninja", "-C", folder, *[f"{module}_test" for module in modules]], check=True, stdout=subprocess.DEVNULL)
    return {module: folder / "bin" / f"{module}_test" for module in modules}


@pytest.mark.parametrize("sanitizer", SANITIZERS)
def test_no_finding(sanitizer, tmp_path):
    # The thread sanitizer's memmem reads all of the text for each match: searches for many matches would become quadratic.
    environment = dict(os.environ, TMPDIR=str(tmp_path), ASAN_OPTIONS="allocator_may_return_null=1",
                       UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
                       TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:intercept_memmem=0")
    findings = {}
    for module, program in build(sanitizer).items():
        result = subprocess.run([program], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                errors="replace")
        if result.returncode != 0:
            findings[module] = result.stdout[-4000:]
    assert not findings, "\n".join(f"{module}:\n{output}" for module, output in findings.items())
