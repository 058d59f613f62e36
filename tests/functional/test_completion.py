"""Shell completion, tried in the shells themselves; a shell that is not installed is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SCRIPTS = {
    # what the README tells people to do, then one completion as the shell itself would ask for it
    "bash": """
eval "$(_TIERCTL_COMPLETE=bash_source tierctl)"
COMP_WORDS=({words}); COMP_CWORD={last}
_tierctl_completion tierctl
printf '%s\\n' "${{COMPREPLY[@]}}"
""",
    "zsh": """
autoload -U compinit && compinit -u -D
eval "$(_TIERCTL_COMPLETE=zsh_source tierctl)"
(( $+functions[_tierctl_completion] )) || exit 1
words=({words})
env COMP_WORDS="${{words[*]}}" COMP_CWORD={last} _TIERCTL_COMPLETE=zsh_complete tierctl
""",
    "fish": """
_TIERCTL_COMPLETE=fish_source tierctl | source
complete --do-complete '{line}'
""",
}
CASES = [
    (("tierctl", "se"), "select"),
    (("tierctl", "show", "enter"), "enterprise"),
    (("tierctl", "show", "--client", "ac"), "acme"),
    (("tierctl", "select", "fou"), "foundation"),
    (("tierctl", "show", "--environment", "prod"), "production"),
    (("tierctl", "show", "--region", "eu-c"), "eu-central-1"),
    (("tierctl", "validate", "--format", "sa"), "sarif"),
]


@pytest.mark.parametrize("shell", sorted(SCRIPTS))
@pytest.mark.parametrize(("words", "wanted"), CASES, ids=[" ".join(words) for words, _ in CASES])
def test_the_shell_completes(shell: str, words: tuple[str, ...], wanted: str) -> None:
    """Commands, tiers with their aliases, clients, environments, regions and choices complete."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed on this machine")
    script = SCRIPTS[shell].format(words=" ".join(words), last=len(words) - 1, line=" ".join(words))
    ended = subprocess.run(
        [program, *(["-f"] if shell == "zsh" else []), "-c", script],
        cwd=FOLDER,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert wanted in ended.stdout.split(), ended.stdout + ended.stderr


@pytest.mark.parametrize("shell", sorted(SCRIPTS))
@pytest.mark.parametrize(("words", "wanted"), CASES, ids=[" ".join(words) for words, _ in CASES])
def test_what_each_shell_is_told(shell: str, words: tuple[str, ...], wanted: str) -> None:
    """The protocol of each shell answers, also where the shell itself is not installed."""
    line = " ".join(words[:-1] if shell == "fish" else words)
    last = words[-1] if shell == "fish" else str(len(words) - 1)
    ended = subprocess.run(
        [BIN / "tierctl"],
        cwd=FOLDER,
        env={
            **os.environ,
            "_TIERCTL_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": last,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert any(wanted in row.replace(",", " ").split() for row in ended.stdout.splitlines())
    assert ended.stderr == ""


def test_completion_outside_of_a_project_is_silent(tmp_path: Path) -> None:
    """Where there is no project nothing is offered and nothing is printed."""
    ended = subprocess.run(
        [BIN / "tierctl"],
        cwd=tmp_path,
        env={
            **os.environ,
            "_TIERCTL_COMPLETE": "bash_complete",
            "COMP_WORDS": "tierctl show m",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout.strip(), ended.stderr) == ("", "")
