"""The recording as a file."""

import errno
import json
import os
import sys
import time
from typing import Any, List

from tf2migrate.tf1_recorder.state import SECTIONS, State
from tf2migrate.tf1_recorder.tally import Tally

FORMAT = "tf2migrate-recording/1"
SECONDS = 60  # between two times of writing while the program runs
ATTEMPTS = 50  # at a text while other threads record


class Recording(State):
    """A State that is written down.

    Args:
      output: the file.
      root: as of Places.
      program: the program and its arguments.
    """

    def __init__(self, output: str, root: str, program: List[str]) -> None:
        State.__init__(self, root)
        self.output = os.path.realpath(output)
        self.temporary = "%s.%d.tmp" % (self.output, os.getpid())
        self.program = program
        self.ended = "running"
        self.process = os.getpid()
        self.written = 0.0

    def saved(self) -> None:
        if time.time() - self.written > SECONDS:
            self.write()

    def text(self) -> str:
        """The document, a row a line."""
        version = getattr(sys.modules.get("tensorflow"), "__version__", None)
        heads = [
            ("format", FORMAT),
            ("tensorflow", version),
            ("python", "%d.%d.%d" % sys.version_info[:3]),
            ("program", self.program),
            ("ended", self.ended),
            ("problems", self.problems),
        ]
        lists = [("graphs", self._graphs())] + [(name, self.rows[name]) for name in SECTIONS]
        lists += [("sessions", self.sessions.rows()), ("runs", self.runs.rows())]
        parts = ["%s: %s" % (json.dumps(name), json.dumps(value)) for name, value in heads]
        for name, rows in lists:
            lines = [json.dumps(row, sort_keys=True, default=Tally.rows) for row in rows]
            listed = "[\n  " + ",\n  ".join(lines) + "\n ]" if lines else "[]"
            parts.append("%s: %s" % (json.dumps(name), listed))
        return "{\n " + ",\n ".join(parts) + "\n}\n"

    def _graphs(self) -> List[Any]:
        rows = []
        for graph in list(self.graphs):
            final = graph.snapshot()
            rows.append({"eager": graph.eager, "snapshots": graph.snapshots, "final": final})
        return rows

    def steady_text(self) -> str:
        """The document, tried again while other threads change what it is made of.

        Raises:
          RuntimeError: they go on and on.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self.text()
            except RuntimeError:  # a dict or set has changed while it was looked through
                if attempt + 1 == ATTEMPTS:
                    raise
                time.sleep(0.001 * attempt)
        raise AssertionError

    def write(self) -> None:
        """Replace the file whole; not in a process that the program forked.

        Raises:
          OSError: it cannot be written.
          Exception: what is recorded cannot be told; the file is as it was.
        """
        if os.getpid() != self.process:
            return
        with self.lock:
            self.written = time.time()
            text = self.steady_text()
            try:
                with open(self.temporary, "w") as file:
                    file.write(text)
                os.replace(self.temporary, self.output)
            except BaseException:
                if os.path.exists(self.temporary):
                    os.unlink(self.temporary)
                raise

    def check(self) -> None:
        """Find out now whether the file can be written later.

        Raises:
          OSError: it cannot.
        """
        if os.path.exists(self.output) and not os.path.isfile(self.output):
            raise OSError(errno.EINVAL, "not a regular file", self.output)
        open(self.temporary, "w").close()
        os.unlink(self.temporary)
