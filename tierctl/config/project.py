"""Where a project's files are, and the one way to read them.

A project is a folder with `tiers/` in it. In: a folder. Out: located nodes of its tiers,
clients, records and selection. Names in diagnostics are relative to the folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from pathlib import Path

from tierctl.config.nodes import Mapping, Node
from tierctl.config.parsing import parse
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place, listing, nearest

SELECTION_FILE = ".tierctl-selection.yaml"
NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout: tiers, clients, records and the stack.

    Attributes:
        extra: Files that lie over those on disk, by path in the project: a file given by name
            from elsewhere is checked as if it lay in its place.
        shown: How such a file is called in messages.
        recorded: Whether records are looked at: a tier that is only compared has none.
    """

    folder: Path
    extra: Dictionary[str, bytes] = field(default_factory=dict, compare=False)
    shown: Dictionary[str, str] = field(default_factory=dict, compare=False)
    recorded: bool = True
    _read: dict[tuple[str, int, int], tuple[Node | None, list[Diagnostic]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @staticmethod
    def find(start: Path) -> Project:
        """The project that `start` lies in: the nearest folder above with `tiers/` in it.

        Raises:
            InvalidConfigurationError: There is none.
        """
        for folder in (start, *start.parents):
            if (folder / "tiers").is_dir():
                return Project(folder)
        raise InvalidConfigurationError(
            [
                Diagnostic(
                    "project-not-found",
                    "there is no project here",
                    f"Neither {start} nor a folder above it holds a folder 'tiers'.",
                    "Run this in a checkout, or name one with --project.",
                )
            ]
        )

    def names(self, kind: str) -> list[str]:
        """Names of the YAML files in `tiers`, `clients` or `environments`, sorted."""
        found = {path.stem for path in (self.folder / kind).glob("*.yaml")}
        found |= {Path(name).stem for name in self.extra if Path(name).parent.as_posix() == kind}
        return sorted(found)

    def files(self, kind: str) -> list[str]:
        """Every file of a folder that could be meant as one of ours, whatever its ending."""
        found = {f"{kind}/{p.name}" for p in (self.folder / kind).glob("*.y*ml")}
        found |= {name for name in self.extra if Path(name).parent.as_posix() == kind}
        return sorted(found)

    def path(self, kind: str, name: str) -> Path:
        """The file of that name, whether it exists or not."""
        return self.folder / kind / f"{name}.yaml"

    def exists(self, path: Path) -> bool:
        """Whether there is such a file, on disk or laid over it."""
        return self._inside(path) in self.extra or path.exists()

    def relative(self, path: Path) -> str:
        """A path as diagnostics show it."""
        inside = self._inside(path)
        return self.shown.get(inside, inside)

    def _inside(self, path: Path) -> str:
        """A path within the project, or as it is."""
        try:
            return path.relative_to(self.folder).as_posix()
        except ValueError:
            return str(path)

    def bytes_of(self, path: Path) -> tuple[bytes, list[Diagnostic]]:
        """A file's bytes, or why there are none."""
        inside, name = self._inside(path), self.relative(path)
        if inside in self.extra:
            return self.extra[inside], []
        try:
            return path.read_bytes(), []
        except OSError as error:
            return b"", [
                Diagnostic(
                    "file-unreadable",
                    "a file cannot be read",
                    f"{name}: {error.strerror or error}.",
                    "Check the name and the file's permissions.",
                    place=Place(name),
                )
            ]

    def read(self, path: Path) -> tuple[Mapping | None, list[Diagnostic]]:
        """A file's root mapping and what is wrong with the file as YAML."""
        name = self.relative(path)
        data, unreadable = self.bytes_of(path)
        if unreadable:
            return None, unreadable
        # one run reads a tier many times; the content is the key, so a changed file is read anew
        key = (name, len(data), hash(data))
        if key not in self._read:
            self._read[key] = parse(data, name)
        root, found = self._read[key]
        diagnostics = list(found)
        if root is not None and not isinstance(root, Mapping):
            diagnostics.append(
                Diagnostic(
                    "wrong-type",
                    "a value has the wrong type",
                    f"{name} should hold a mapping of keys to values at its top.",
                    "Start the file with keys, as the shipped ones do.",
                    place=root.place,
                )
            )
            return None, diagnostics
        return root, diagnostics

    def read_named(
        self, kind: str, name: str, noun: str
    ) -> tuple[Mapping | None, list[Diagnostic]]:
        """The file of a tier or client, or a diagnostic that lists those there are."""
        known = self.names(kind)
        if name not in known or not NAME.fullmatch(name):
            return None, [unknown_name(noun, name, known, f"{kind}/")]
        return self.read(self.path(kind, name))


def unknown_name(
    noun: str, name: str, known: list[str], folder: str, place: Place | None = None
) -> Diagnostic:
    """The diagnostic for a tier, client or environment that does not exist."""
    near = nearest(name, known)
    other = (
        f"write a file for '{name}'"
        if folder.endswith("/")
        else f"declare it: '{name}: {{inherits: staging}}' under 'environments' of the tier or "
        "client file"
    )
    return Diagnostic(
        f"unknown-{noun}",
        f"the {noun} is not known",
        f"There is no {noun} '{name}'. Known are {listing(known)} ({folder}).",
        f"Use '{near}', or {other}." if near else f"Use one of them, or {other}.",
        place=place,
        suggestion=near,
    )
