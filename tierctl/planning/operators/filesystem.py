"""File system operators: the throughput mode alone, once in a day; settings at any time.

Sources: the rows of `catalog/behaviours/filesystem.yaml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.planning.moves import Lane, Move, changed, differing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment

LAST_CHANGE = "filesystem.last_throughput_change"


def settled(state: Environment, goal: Environment) -> bool:
    """Whether the file system is the goal's."""
    return state.filesystem == goal.filesystem


def moves(state: Environment, goal: Environment) -> Iterator[Move]:
    """The changes of the file system that AWS accepts next, on the way to the goal."""
    files, target = state.filesystem, goal.filesystem
    values = differing(files, target, ("infrequent_access_after_days", "backup"))
    if values:
        stops = files.backup and not target.backup
        yield Move(
            title="change lifecycle or backup of the file system",
            lane=Lane.STORES,
            rules=("filesystem.backup.off" if stops else "filesystem.settings",),
            after=changed(state, "filesystem", **values),
        )
    wanted = (target.throughput_mode, target.provisioned_mibps)
    if (files.throughput_mode, files.provisioned_mibps) == wanted:
        return
    mode = target.throughput_mode
    facts: tuple[str, ...] = (LAST_CHANGE,)
    if mode != files.throughput_mode:
        rule = "filesystem.throughput.mode"
    elif (target.provisioned_mibps or 0) > (files.provisioned_mibps or 0):
        rule, facts = "filesystem.throughput.raise", ()
    else:
        rule = "filesystem.throughput.lower"
    throughput = f"{mode}, {target.provisioned_mibps} MiB/s" if target.provisioned_mibps else mode
    yield Move(
        title=f"set file system throughput to {throughput}",
        lane=Lane.STORES,
        rules=(rule,),
        after=changed(
            state, "filesystem", throughput_mode=mode, provisioned_mibps=target.provisioned_mibps
        ),
        alone=True,
        facts=facts,
    )
