"""Exit codes, in one place: a contract with pipelines."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code means."""

    DONE = 0
    FINDINGS = 1
    """Invalid configuration, over budget, plan blocked, gate refused."""
    USAGE = 2
    """The command was called wrongly: an unknown word, a missing argument."""
    FAILED = 3
    """AWS, a child process or tierctl itself failed."""
    PENDING = 4
    """Changes are pending; only with --detailed-exitcode."""
