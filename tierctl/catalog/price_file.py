"""The bytes of a price file: one row readable in a diff, and never half a file on disk.

In: a price file as plain JSON values, or its path.
Out: its text, always the same for the same values, and the values read back.
May not: know what a row means (`price_book` reads rows, `price_checks` judges them), or leave a
partly written file behind: a new file is written beside the old one and takes its place at once.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

PRICES_FOLDER = Path(__file__).parent / "prices"
FORMAT_VERSION = 1

_OPENED_LEVELS = 3  # document, section and row take one line per member
_WIDTH = 110  # a longer value is opened too, so that a diff shows which part of it moved


def region_names(folder: Path = PRICES_FOLDER) -> tuple[str, ...]:
    """Return the regions that have a price file, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder.glob("*.json") if path.stem != "schema"))


def read(path: Path) -> Any:
    """Return the values of a JSON file; what they must be is for the caller to say."""
    return json.loads(path.read_text(encoding="utf-8"))


def text_of(document: Any) -> str:
    """Return the one text that stands for these values."""
    return _rendered(document, depth=0, lead=0) + "\n"


def write(path: Path, document: Any) -> None:
    """Put the document at `path` in one move, so that a kill leaves the old file or the new one."""
    import tempfile  # only what writes pays for it; every estimate loads this module

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text_of(document))
            stream.flush()
            os.fsync(stream.fileno())
        new.chmod(0o644)  # mkstemp makes it private; a committed file is not
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _rendered(value: Any, *, depth: int, lead: int) -> str:
    """Return one value; `lead` is how many columns its line has used before it."""
    inline = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value:
        return inline
    if depth >= _OPENED_LEVELS and lead + len(inline) <= _WIDTH:
        return inline
    indent = "  " * (depth + 1)
    if isinstance(value, dict):
        names = [
            (f"{json.dumps(name, ensure_ascii=False)}: ", item) for name, item in value.items()
        ]
        opening, closing = "{", "}"
    else:
        names = [("", item) for item in value]
        opening, closing = "[", "]"
    lines = [
        indent + name + _rendered(item, depth=depth + 1, lead=len(indent + name))
        for name, item in names
    ]
    return opening + "\n" + ",\n".join(lines) + "\n" + "  " * depth + closing
