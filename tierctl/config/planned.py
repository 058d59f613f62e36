"""A plan file as `app.py` reads it: the Environment after step K, without the planner.

In: the JSON document of `tierctl plan -o plan.json`, and a step number. Out: an Environment. Step 0
is where the plan starts; a step that is no update has the Environment of the one before.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place
from tierctl.model.document import DocumentError, from_document
from tierctl.model.environment import Environment

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 20_000_000
FORMAT_VERSION = 1


def environment_of_step(path: Path, step: str) -> Environment:
    """The Environment after a step of a plan file.

    Raises:
        InvalidConfigurationError: The file is no plan of ours, or has no such step.
    """
    document = read_plan(path)
    steps = document["steps"]
    if not step.isdecimal() or int(step) > len(steps):
        raise InvalidConfigurationError(
            [
                Diagnostic(
                    "unknown-step",
                    "the plan has no such step",
                    f"'{step}' is no step of {path}: it has steps 1 to {len(steps)}, and 0 is "
                    "where it starts.",
                    "Give one of them: -c step=K.",
                )
            ]
        )
    # actions and waits change no template: theirs is that of the update before
    number = int(step)
    while number and steps[number - 1].get("kind") != "update":
        number -= 1
    where = f"$.steps[{number - 1}].after" if number else "$.start"
    chosen = steps[number - 1]["after"] if number else document["start"]
    try:
        return from_document(Environment, chosen, where)
    except (DocumentError, TypeError, ValueError) as error:
        raise InvalidConfigurationError([_damaged(path, str(error))]) from error


def read_plan(path: Path) -> dict[str, Any]:
    """The document of a plan file, checked as far as it is used.

    Raises:
        InvalidConfigurationError: The file cannot be read or is no plan of ours.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidConfigurationError(
            [
                Diagnostic(
                    "file-unreadable",
                    "a file cannot be read",
                    f"{path}: {error.strerror or error}.",
                    "Write it with: tierctl plan --from A --to B --format json -o plan.json",
                    place=Place(str(path)),
                )
            ]
        ) from error
    if len(data) > MAX_BYTES:
        raise InvalidConfigurationError([_damaged(path, f"it has {len(data):,} bytes")])
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        place = Place(str(path), error.lineno, error.colno)
        raise InvalidConfigurationError([_damaged(path, error.msg, place)]) from error
    except (ValueError, RecursionError) as error:
        raise InvalidConfigurationError([_damaged(path, str(error))]) from error
    _check(path, document)
    return dict(document)


def _check(path: Path, document: Any) -> None:
    """The keys that are used, and their kinds."""
    if not isinstance(document, dict) or document.get("kind") != "plan":
        raise InvalidConfigurationError([_damaged(path, "it says no 'kind: plan'")])
    if document.get("format_version") != FORMAT_VERSION:
        found = document.get("format_version")
        raise InvalidConfigurationError(
            [_damaged(path, f"its format_version is {found!r}, and {FORMAT_VERSION} is read")]
        )
    steps = document.get("steps")
    if not isinstance(steps, list) or not all(
        isinstance(step, dict) and "after" in step for step in steps
    ):
        raise InvalidConfigurationError([_damaged(path, "its 'steps' are no list of steps")])
    if "start" not in document:
        raise InvalidConfigurationError([_damaged(path, "it has no 'start'")])


def _damaged(path: Path, what: str, place: Place | None = None) -> Diagnostic:
    """A file that is no plan of ours."""
    return Diagnostic(
        "plan-unreadable",
        "the file is no plan that can be used",
        f"{path}: {what}.",
        "Write it anew with: tierctl plan --from A --to B --format json -o plan.json",
        place=place or Place(str(path)),
    )
