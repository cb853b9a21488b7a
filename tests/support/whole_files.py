"""Common tests of commands that write a folder once: whatever happens at a change of it, each file is complete or absent."""
import shutil
import signal

import fault_points
import program
from tiny import results_of

FAILURES = [("ENOSPC", "No space left on device", True), ("EIO", "Input/output error", False)]  # error, its message, whether permanent


def check_kills(command, whole, tmp_path, action, places):
    """Killed at each of `places` by `action`; the next run has the normal result. `command` gives the arguments for a folder."""
    expected, calls = whole
    for at in places:
        folder = tmp_path / f"killed-{at}"
        run = program.run(*command(folder), environment=fault_points.environment(folder, at, action))
        assert run.status == 86, (at, run.stderr)
        for name, data in results_of(folder).items():
            assert name.endswith(".partial") or data == expected[name], (at, calls[at - 1], name)
        run = program.run(*command(folder))
        assert run.status == 0, (at, calls[at - 1], run.stderr)
        assert results_of(folder) == expected, (at, calls[at - 1])


def check_failures(command, earlier_command, whole, tmp_path, failure, places):
    """A change fails: exit status 1 with path and cause, no partial files; an earlier result remains until the first rename."""
    error, words, forever = failure
    new, calls = whole
    first_rename = 1 + next(place for place, (call, path) in enumerate(calls) if call == "rename")
    earlier = tmp_path / "earlier"
    assert program.run(*earlier_command(earlier)).status == 0
    old = results_of(earlier)
    folder = tmp_path / "out"
    for at in places:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(earlier, folder)
        run = program.run(*command(folder), environment=fault_points.environment(folder, at, error, forever))
        if run.status == 0:
            assert at >= len(calls) - 1, ("a failed change went unnoticed", calls[at - 1])
            continue
        assert run.status == 1 and words in run.stderr and str(folder) in run.stderr, (at, calls[at - 1], run.stderr)
        found = {name: data for name, data in results_of(folder).items() if not (forever and name.endswith(".partial"))}
        if at < first_rename - 1:
            assert found == old, (at, calls[at - 1])
        for name, data in found.items():
            assert data in (old[name], new[name]), (at, calls[at - 1], name)
    assert program.run(*command(folder)).status == 0
    assert results_of(folder) == new


def check_signals(command, whole, tmp_path, name, places):
    """A signal at a change of the folder: the signal's exit status and no files, or the complete result."""
    expected, calls = whole
    for at in places:
        folder = tmp_path / f"{name}-{at}"
        run = program.run(*command(folder), environment=fault_points.environment(folder, at, name))
        assert run.status in (0, 128 + getattr(signal, "SIG" + name)), run.stderr
        assert results_of(folder) == (expected if run.status == 0 else {}), (at, calls[at - 1])
