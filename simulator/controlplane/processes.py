"""The parts of a control plane as processes that begin, answer and end."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PAUSE = 0.05
LAST_WORDS = 2000


class DidNotStart(RuntimeError):
    """A part ended or kept silent; carries its last words."""


class Part:
    """One process. It dies with the thread that started it (pdeath_linux.go).

    What it writes goes into ``log``. ``answers`` says whether it is ready.
    """

    def __init__(
        self, name: str, words: Sequence[str], log: Path, answers: Callable[[], bool]
    ) -> None:
        self.name, self.words, self.log, self.answers = name, words, log, answers
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, without waiting. A signal of the terminal does not reach it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, seconds: float) -> None:
        """Return once it answers. Raises DidNotStart with its last words."""
        end = time.monotonic() + seconds
        while not self.answers():
            if self.process is None or self.process.poll() is not None:
                raise DidNotStart(f"{self.name} ended: {self.last_words()}")
            if time.monotonic() > end:
                raise DidNotStart(f"{self.name} is silent: {self.last_words()}")
            time.sleep(PAUSE)

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-LAST_WORDS:]

    def send(self, number: signal.Signals) -> None:
        """Send a signal; to freeze it SIGSTOP, to go on SIGCONT."""
        if self.process is not None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a failing machine would."""
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def stop(self, seconds: float) -> None:
        """Ask it to end; after the time it is made to."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        if self.process.poll() is None:
            self.kill()


def free_ports(number: int) -> list[int]:
    """Ports of loopback that were free a moment ago."""
    with contextlib.ExitStack() as all_of_them:
        found = []
        for _ in range(number):
            opened = all_of_them.enter_context(socket.socket())
            opened.bind(("127.0.0.1", 0))
            found.append(opened.getsockname()[1])
    return found
