"""Runs of the program under tests/faults/shim.c: count its changes of a folder, or make the Nth one fail."""
import os
import pathlib

import program

SHIM = os.environ.get("INTELIA_FAULT_SHIM", "")


def environment(folder, at=0, action=None, forever=False, log=None):
    """The environment in which the program's `at`-th change under `folder` does `action` (see shim.c)."""
    settings = {"LD_PRELOAD": SHIM, "INTELIA_FAULT_UNDER": str(folder), "INTELIA_FAULT_AT": str(at)}
    if action:
        settings["INTELIA_FAULT_ACTION"] = action
    if forever:
        settings["INTELIA_FAULT_FOREVER"] = "1"
    if log:
        settings["INTELIA_FAULT_LOG"] = str(log)
    return settings


def calls_of(arguments, folder, log, extra=None, run_folder=None):
    """The changes that an uninterrupted run makes under `folder`, as (call, path), and the run."""
    run = program.run(*arguments, environment={**(extra or {}), **environment(folder, log=log)}, folder=run_folder)
    calls = []
    if pathlib.Path(log).exists():
        for line in pathlib.Path(log).read_text().splitlines():
            number, call, *path = line.split(" ", 2)
            if number.isdigit():
                calls.append((call, path[0] if path else ""))
    return calls, run


def files_of(folder):
    """Name → bytes of all files under `folder`, except for the lock, which names the process that held it last."""
    folder = pathlib.Path(folder)
    if not folder.exists():
        return {}
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != ".intelia.lock"}


def sample(num_calls, first=20, every=6, last=8):
    """Positions among `num_calls`, from 1: the first ones, a regular sample, and the last ones."""
    return [at for at in range(1, num_calls + 1) if at <= first or at > num_calls - last or at % every == 0]
