"""The program in a real pseudo-terminal: keys go in, and what a person would see comes out."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import program

PROMPT = b"\x1b[?2004h>>> "  # with the mark that begins a line: what is typed may be drawn again with its prompt


class PseudoTerminal:
    """A program whose standard input and error, and unless `stdout` is given its output, are a terminal of 100 columns."""

    def __init__(self, *arguments, environment=None, folder=None, stdout=None):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.saved = termios.tcgetattr(slave)
        self.slave = slave  # kept open, so that what was written last can be read after the program has ended
        self.seen = b""
        self.process = subprocess.Popen(
            [program.PROGRAM, *map(str, arguments)], stdin=slave, stdout=stdout or slave, stderr=slave, cwd=folder,
            env=program.clean_environment({"TERM": "xterm", **(environment or {})}), start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def send(self, keys):
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def read_some(self, timeout_seconds=0.05):
        """Whether something was shown."""
        if not select.select([self.master], [], [], timeout_seconds)[0]:
            return False
        self.seen += os.read(self.master, 1 << 16)
        return True

    def wait_for(self, text, timeout_seconds=30):
        """Returns what was shown before `text`, and forgets it and `text`."""
        text = text.encode() if isinstance(text, str) else text
        deadline = time.monotonic() + timeout_seconds
        while text not in self.seen:
            assert time.monotonic() < deadline, f"no {text!r} in {self.seen!r}"
            if not self.read_some():
                assert self.process.poll() is None or self.read_some(), f"ended with {self.process.returncode}: {self.seen!r}"
        before, _, self.seen = self.seen.partition(text)
        return before

    def ask(self, line, timeout_seconds=30):
        """Types a line at the prompt; returns what is shown after it until the next prompt, as text."""
        self.send(line + "\r")
        self.wait_for("\r\n", timeout_seconds)
        return self.wait_for(PROMPT, timeout_seconds).decode()

    def finish(self, timeout_seconds=10):
        """Waits for the end; returns the exit status, 128 + N after signal N, and the rest of what was shown."""
        deadline = time.monotonic() + timeout_seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"still running: {self.seen!r}"
            self.read_some()
        while self.read_some():
            pass
        status = self.process.returncode
        return (status if status >= 0 else 128 - status), self.seen.decode(errors="replace")

    def has_cooked_mode(self):
        """Whether the terminal has the settings it had before."""
        return termios.tcgetattr(self.slave) == self.saved

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
