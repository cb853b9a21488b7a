"""Running the program under test, and the result of a run."""
import dataclasses
import os
import pathlib
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("INTELIA_PROGRAM", str(ROOT / "build/release/bin/intelia"))
CACHE = tempfile.TemporaryDirectory(prefix="intelia-cache-")  # never that of the current user


@dataclasses.dataclass
class Run:
    status: int   # the exit status; 128 + N when signal N ended it
    stdout: str
    stderr: str


def clean_environment(extra=None):
    """This environment without settings that would change what the program does."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("INTELIA_", "PG", "DATABASE_URL", "LD_PRELOAD"))}
    environment["INTELIA_CACHE_DIR"] = CACHE.name
    environment.update(extra or {})
    return environment


def start(*arguments, environment=None, folder=None):
    return subprocess.Popen([PROGRAM, *map(str, arguments)], env=clean_environment(environment), cwd=folder,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process, timeout_seconds=60):
    stdout, stderr = process.communicate(timeout=timeout_seconds)
    status = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return Run(status, stdout.decode(), stderr.decode())


def run(*arguments, environment=None, folder=None, timeout_seconds=60):
    process = start(*arguments, environment=environment, folder=folder)
    try:
        return finish(process, timeout_seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        raise


def wait_for(condition, timeout_seconds=30):
    """Until `condition()` holds; fails after a while."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


def is_stopped(process):
    """Whether a signal has stopped or ended it."""
    return process.poll() is not None or pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def peak_bytes_until_end(process):
    """The peak memory of `process` at its end; the last moment may be missed."""
    # The ru_maxrss of the kernel would count this process's memory, from which the program was forked.
    peak = 0
    while process.poll() is None:
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                peak = int(line.split()[1]) << 10
        time.sleep(0.005)
    return peak


def swap_folder(folder, other):
    """`folder` is renamed to "moved" beside it, and replaced by a link to `other`."""
    folder.rename(folder.with_name("moved"))
    folder.symlink_to(other)
