"""Has new files survive a loss of power, while other work goes on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from threading import Thread


class Syncing:
    """Writes the bytes of files through to the disk, in a thread of its own.

    That the files have their bytes before they have their names is enough: file
    systems keep names in the order in which they were given and taken, so the new
    names are there before those of the old checkpoint can be gone.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = list(paths)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            for path in self._paths:
                descriptor = os.open(path, os.O_RDWR)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
        except BaseException as error:  # `wait` raises it
            self._error = error

    def wait(self) -> None:
        """Wait until it is done.

        Raises:
          OSError: the disk did not take the bytes.
        """
        self._thread.join()
        if self._error is not None:
            raise self._error
