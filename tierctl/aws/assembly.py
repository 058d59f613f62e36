"""A step's template: `python app.py` in a process of its own, and its manifest read.

In: a project and a context. Out: the template's text, and where the CDK's bootstrap wants it and as
whom CloudFormation should act. The CDK is never imported here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class SynthesisError(Exception):
    """`app.py` said no; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """One synthesised stack. ARNs and the bucket still hold the CDK's account placeholders."""

    stack_name: str
    template: str
    object_url: str
    execution_role: str
    tags: tuple[tuple[str, str], ...]

    def placed(self, text: str, account: str, partition: str) -> str:
        """A text of the manifest with the placeholders filled in."""
        return text.replace("${AWS::AccountId}", account).replace("${AWS::Partition}", partition)


def synthesise(folder: Path, context: Mapping[str, str]) -> Assembly:
    """The assembly of a context.

    Raises:
        SynthesisError: `app.py` failed.
    """
    with tempfile.TemporaryDirectory() as out:
        variables = {**os.environ, "CDK_OUTDIR": out, "CDK_CONTEXT_JSON": json.dumps(dict(context))}
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SynthesisError(done.stderr.strip() or f"app.py ended with {done.returncode}")
        return _read(Path(out))


def _read(out: Path) -> Assembly:
    """The one stack of a cloud assembly."""
    manifest: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    [(name, artifact)] = [
        (name, artifact)
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    properties = artifact["properties"]
    return Assembly(
        stack_name=properties.get("stackName", name),
        template=(out / properties["templateFile"]).read_text(encoding="utf-8"),
        object_url=properties["stackTemplateAssetObjectUrl"],
        execution_role=properties["cloudFormationExecutionRoleArn"],
        tags=tuple(sorted(properties.get("tags", {}).items())),
    )
