"""Files that are wrong in ways nobody thinks of, and what must hold for each of them.

In: a shipped file and a seed. Out: the file damaged; and the invariant: validation returns, and
what it tells is complete. Used by the test suite (briefly) and `scripts/fuzz.py` (at length).
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from tierctl.config.validate import validate_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierctl.config.project import Project
    from tierctl.model.diagnostics import Diagnostic

FILES = (
    "tiers/fuzzed.yaml",
    "clients/fuzzed.yaml",
    "environments/acme-staging.yaml",
    "plan.json",
)
WORDS = (
    "null", "~", "true", "no", "0", "-1", "1e9", "0.5", "1.3", "99999999999999999999", "[]", "{}",
    "''", '"8.1"', "8.1", "&a x", "*a", "!x y", "|", ">", "<<: *a", "- ", "? ", "---", "...", "\t",
    "extends: fuzzed", "extends: medium", "families: []", "environments:", "inherits: staging",
    "région", "\u2028", "\x85", "cache", "service", "web", "256", "standalone", "\ud83d\ude00",
)  # fmt: skip


def mutated(data: bytes, seed: int) -> bytes:
    """A file with one to six things wrong, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - damage, not secrets
    text = data.decode("utf-8", "replace")
    for _ in range(dice.randint(1, 6)):
        text = dice.choice(_DAMAGES)(text, dice)
    made = text.encode("utf-8", "replace")
    if dice.random() < 0.1:  # noqa: PLR2004 - now and then, bytes rather than words
        at = dice.randint(0, len(made))
        made = made[:at] + dice.randbytes(dice.randint(1, 4)) + made[at:]
    return made


def _drop_line(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    del lines[dice.randrange(len(lines))]
    return "\n".join(lines)


def _double_line(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    at = dice.randrange(len(lines))
    lines.insert(dice.randint(0, len(lines)), lines[at])
    return "\n".join(lines)


def _indent_line(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    at = dice.randrange(len(lines))
    lines[at] = " " * dice.randint(0, 9) + lines[at].lstrip()
    return "\n".join(lines)


def _exchange_value(text: str, dice: random.Random) -> str:
    found = list(re.finditer(r"(?<=: )[^\n,}]+", text))
    if not found:
        return text + dice.choice(WORDS)
    spot = dice.choice(found)
    return text[: spot.start()] + dice.choice(WORDS) + text[spot.end() :]


def _exchange_key(text: str, dice: random.Random) -> str:
    found = list(re.finditer(r"[\w-]+(?=:)", text))
    if not found:
        return dice.choice(WORDS) + text
    spot, other = dice.choice(found), dice.choice(found)
    return text[: spot.start()] + other.group() + text[spot.end() :]


def _insert_word(text: str, dice: random.Random) -> str:
    at = dice.randint(0, len(text))
    return text[:at] + dice.choice(WORDS) + text[at:]


def _drop_sign(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) or 1)
    return text[:at] + text[at + 1 :]


def _cut(text: str, dice: random.Random) -> str:
    return text[: dice.randint(0, len(text))]


_DAMAGES: tuple[Callable[[str, random.Random], str], ...] = (
    _drop_line,
    _double_line,
    _indent_line,
    _exchange_value,
    _exchange_value,
    _exchange_key,
    _insert_word,
    _drop_sign,
    _cut,
)


def problems_of(project: Project, file: str, data: bytes) -> tuple[Diagnostic, ...]:
    """What validation tells of a file.

    Raises:
        AssertionError: It tells something incomplete: no words, no cure, no place, or a place
            outside of the file.
    """
    found = validate_files(project, [(file, data)]).diagnostics
    lines = (
        data.count(b"\n") + data.count(b"\r") + data.count(b"\xc2\x85") + data.count(b"\xe2\x80")
    )
    for diagnostic in found:
        complete = diagnostic.rule and diagnostic.summary and diagnostic.what and diagnostic.fix
        if not complete:
            raise AssertionError(f"incomplete: {diagnostic}")
        place = diagnostic.place
        if place is None:
            raise AssertionError(f"without a place: {diagnostic}")
        if place.file == file and place.line > lines + 2:
            raise AssertionError(f"a place that is not there: {diagnostic}")
    return found
