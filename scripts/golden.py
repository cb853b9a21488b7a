#!/usr/bin/env python3
"""Golden tests of the command line: tests/cli/<command>/<case>/ contains cmd and, optionally, stdin, stdout, stderr and rc.

usage: scripts/golden.py PROGRAM [--update]
bash runs `cmd` in an empty folder; $INTELIA is the program and $CASE the folder of the case. stdout and stderr must equal the
files byte for byte (no file: empty output), the exit status must equal rc (no file: 0). --update writes the actual output to
the files instead; review the difference before committing it.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "cli"
ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent"}


def run_case(case: pathlib.Path, program: str) -> dict[str, bytes]:
    stdin = case / "stdin"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["bash", "-c", (case / "cmd").read_text()],
            input=stdin.read_bytes() if stdin.exists() else b"",
            capture_output=True,
            cwd=folder,
            timeout=60,
            env={**ENVIRONMENT, "INTELIA": program, "CASE": str(case)},
        )
    return {"stdout": done.stdout, "stderr": done.stderr, "rc": f"{done.returncode}\n".encode()}


def expected(case: pathlib.Path, name: str) -> bytes:
    path = case / name
    return path.read_bytes() if path.exists() else (b"0\n" if name == "rc" else b"")


def main() -> int:
    program = os.path.abspath(sys.argv[1])
    update = "--update" in sys.argv[2:]
    cases = sorted(path.parent for path in ROOT.glob("*/*/cmd"))
    failed = 0
    for case in cases:
        seen = run_case(case, program)
        wrong = [name for name in seen if seen[name] != expected(case, name)]
        if update:
            for name in wrong:
                (case / name).write_bytes(seen[name])
        elif wrong:
            failed += 1
            print(f"FAILED {case.relative_to(ROOT)}")
            for name in wrong:
                print(f"  {name} expected {expected(case, name)!r}\n  {name} actual   {seen[name]!r}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
