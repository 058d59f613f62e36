"""Names of files and tiers: what is no name, what is never read, what two tiers answer to.

In: a project. Out: diagnostics at the file or alias that is to be mended.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tierctl.config.nodes import Scalar, Sequence
from tierctl.config.project import NAME
from tierctl.model.diagnostics import Diagnostic, Place

if TYPE_CHECKING:
    from tierctl.config.project import Project

KINDS = ("tiers", "clients", "environments")
"""The folders of a project."""


def file_names(project: Project) -> list[Diagnostic]:
    """Files whose names are no names, or that nothing reads for their ending."""
    found = []
    for kind in KINDS:
        for file in project.files(kind):
            path = Path(file)
            if path.suffix == ".yml":
                found.append(
                    Diagnostic(
                        "file-name",
                        "a file's name is no name",
                        f"{file} ends with '.yml' and is not read.",
                        f"Rename it '{path.stem}.yaml'.",
                        place=Place(project.relative(project.folder / file)),
                    )
                )
            elif not NAME.fullmatch(path.stem):
                found.append(bad_name(project.relative(project.folder / file), path.stem))
    return found


def bad_name(shown: str, name: str) -> Diagnostic:
    """A name that cannot become part of AWS's names."""
    plain = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    return Diagnostic(
        "file-name",
        "a file's name is no name",
        f"'{name}' is not small letters, digits and hyphens with a letter first.",
        f"Rename the file '{plain or 'example'}.yaml'.",
        why="The name becomes part of stack, cache and database names, which AWS restricts.",
        place=Place(shown),
    )


def alias_clashes(project: Project) -> list[Diagnostic]:
    """Names that two tiers answer to."""
    owners = dict.fromkeys(project.names("tiers"))
    found = []
    # in the order of listings, so that the file that came later is the one to mend
    builtin = [n for n in owners if _is_builtin(project, n)]
    for name in [*builtin, *(n for n in owners if n not in builtin)]:
        root, _ = project.read(project.path("tiers", name))
        node = root.get("aliases") if root else None
        for item in node.items if isinstance(node, Sequence) else ():
            if not isinstance(item, Scalar):
                continue
            other = item.text if item.text in project.names("tiers") else owners.get(item.text)
            if other is not None and other != name:
                found.append(
                    Diagnostic(
                        "alias-taken",
                        "two tiers answer to one name",
                        f"'{item.text}' is the name or an alias of tier '{other}' already.",
                        f"Remove '{item.text}' from one of the two 'aliases'.",
                        place=item.place,
                    )
                )
            owners.setdefault(item.text, name)
            owners[item.text] = owners[item.text] or name
    return found


def _is_builtin(project: Project, name: str) -> bool:
    """Whether a tier's own file calls it built-in."""
    root, _ = project.read(project.path("tiers", name))
    kind = root.get("kind") if root else None
    return isinstance(kind, Scalar) and kind.text == "built-in"
