"""One apply at a time: a parameter in the account that only its writer removes.

In: an account, a stack, who we are. A lock left behind by a killed run of this machine is taken
over; one of another machine is refused with who holds it, since when, and how to take it over.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from typing import TYPE_CHECKING, Any

from tierctl.aws.account import Account, AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator


class LockedError(AwsError):
    """Another apply is at work on this stack."""


def parameter(stack: str) -> str:
    """The lock's name."""
    return f"/tierctl/{stack}/apply"


@contextlib.contextmanager
def held(account: Account, stack: str, now: str, *, take_over: bool) -> Iterator[None]:
    """Hold the stack's lock while the block lasts.

    Raises:
        LockedError: Somebody else holds it.
    """
    name = parameter(stack)
    mine = json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "since": now})
    if not _write(account, name, mine, overwrite=False):
        held_by = _read(account, name)
        if not take_over and not _is_dead(held_by):
            raise LockedError(
                f"Another apply is at work on {stack}: process {held_by.get('pid')} on "
                f"{held_by.get('host')}, since {held_by.get('since')}. Wait for it; if it is "
                "gone for good, run again with --take-over."
            )
        _write(account, name, mine, overwrite=True)
    try:
        yield
    finally:
        account.call("ssm", "delete_parameter", Name=name)


def _write(account: Account, name: str, value: str, *, overwrite: bool) -> bool:
    """Write the parameter; False when it is there already."""
    try:
        account.call(
            "ssm", "put_parameter", Name=name, Value=value, Type="String", Overwrite=overwrite
        )
    except AwsError as error:
        if "ParameterAlreadyExists" in str(error):
            return False
        raise
    return True


def _read(account: Account, name: str) -> dict[str, Any]:
    """Who holds the lock."""
    try:
        value = account.call("ssm", "get_parameter", Name=name)["Parameter"]["Value"]
        return dict(json.loads(value))
    except (AwsError, ValueError, KeyError):
        return {}


def _is_dead(holder: dict[str, Any]) -> bool:
    """Whether the holder was a process of this machine that runs no more."""
    if holder.get("host") != socket.gethostname() or not isinstance(holder.get("pid"), int):
        return False
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
