"""Why a checkpoint cannot be read or written."""

from __future__ import annotations


class CheckpointError(Exception):
    """Names the file, what is wrong with it, and the remedy.

    Args:
      where: the file or prefix.
      problem: what is wrong, for people.
      remedy: what to do about it.
    """

    def __init__(self, where: object, problem: str, remedy: str = "") -> None:
        super().__init__(f"{where}: {problem}" + (f"; {remedy}" if remedy else ""))
        self.where = str(where)
        self.problem = problem
        self.remedy = remedy
