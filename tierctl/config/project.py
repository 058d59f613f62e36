"""Where a project's files are, and the one way to read them.

A project is a folder with `tiers/` in it. In: a folder. Out: located nodes of its tiers,
clients, records and selection. Names in diagnostics are relative to the folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tierctl.config.nodes import Mapping, parse
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place, listing, nearest

SELECTION_FILE = ".tierctl-selection.yaml"
NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout: tiers, clients, records and the stack."""

    folder: Path

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
        return sorted(path.stem for path in (self.folder / kind).glob("*.yaml"))

    def path(self, kind: str, name: str) -> Path:
        """The file of that name, whether it exists or not."""
        return self.folder / kind / f"{name}.yaml"

    def relative(self, path: Path) -> str:
        """A path as diagnostics show it."""
        try:
            return path.relative_to(self.folder).as_posix()
        except ValueError:
            return str(path)

    def read(self, path: Path) -> tuple[Mapping | None, list[Diagnostic]]:
        """A file's root mapping and what is wrong with the file as YAML."""
        name = self.relative(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            return None, [
                Diagnostic(
                    "file-unreadable",
                    "a file cannot be read",
                    f"{name}: {error.strerror or error}.",
                    "Check the name and the file's permissions.",
                    place=Place(name),
                )
            ]
        root, diagnostics = parse(data, name)
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


def unknown_name(noun: str, name: str, known: list[str], folder: str) -> Diagnostic:
    """The diagnostic for a tier, client or environment that does not exist."""
    return Diagnostic(
        f"unknown-{noun}",
        f"the {noun} is not known",
        f"There is no {noun} '{name}'. Known are {listing(known)} ({folder}).",
        f"Use one of them, or write a file for '{name}'."
        if folder.endswith("/")
        else f"Use one of them, or declare it: '{name}: {{inherits: staging}}' under "
        "'environments' of the tier or client file.",
        suggestion=nearest(name, known),
    )
