"""Any bytes at all as a tier, client, record or document: a located message, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierctl.config.fuzzing import FILES, mutated, problems_of
from tierctl.config.parsing import parse
from tierctl.config.project import Project

FOLDER = Path(__file__).resolve().parents[2]
SHIPPED = {
    kind: [p.read_bytes() for p in sorted((FOLDER / kind).glob("*.yaml"))]
    for kind in ("tiers", "clients")
}
RECORD = b"client: acme\nenvironment: staging\ntier: minimum\nfamilies: {cache: {shards: 1}}\n"


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_bytes_parse_to_nodes_or_located_diagnostics(data: bytes) -> None:
    """Without a root there is a diagnostic, and each one has the file."""
    root, found = parse(data, "any.yaml")
    assert root is not None or found
    assert all(d.place is not None and d.place.file == "any.yaml" for d in found)


@settings(deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab: -[]{},&*!|>'\"#%@?\n\t0.1~<"), max_size=120))
def test_yaml_like_text_parses_to_nodes_or_located_diagnostics(text: str) -> None:
    """Text made of YAML's own signs is no different."""
    root, found = parse(text.encode(), "any.yaml")
    assert root is not None or found
    assert all(d.place is not None for d in found)


@pytest.mark.parametrize("file", FILES)
@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_bytes_in_any_file_are_told(project: Project, file: str, data: bytes) -> None:
    """Whatever a file holds, validation returns, and what it tells has rule, words and cure."""
    problems_of(project, file, data)


@pytest.mark.parametrize("file", FILES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_mutations_of_shipped_files_are_told(
    project: Project, file: str, data: st.DataObject
) -> None:
    """Lines dropped, doubled and moved, words and signs exchanged: nearly right is harder."""
    kind = file.split("/", 1)[0]
    original = data.draw(st.sampled_from(SHIPPED.get(kind, [RECORD])))
    seed = data.draw(st.integers(0, 2**32))
    problems_of(project, file, mutated(original, seed))


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        b"{" * 400_000,
        b"- " * 400_000,
        b"? " * 400_000,
        b"a: " * 300_000,
        b"&a " * 300_000,
        b"!" * 1_000_000,
        b'"' + b"\\" * 900_000,
        b"%" * 900_000,
        b"a: |\n" + b" x\n" * 300_000,
        b"\xef\xbb\xbf",
        b"\xff\xfe\x00",
        b"a: &x [*x]",
        b"x: 0" + b"0" * 100_000,
        b"x: 1e999999",
        b"x: " + b"9" * 100_000,
        b"x: ." + b"9" * 100_000,
    ],
    ids=lambda d: repr(d[:8]),
)
@pytest.mark.parametrize("file", FILES)
def test_hostile_files_end_soon(project: Project, file: str, data: bytes) -> None:
    """Bombs of nesting, aliases and length are refused before they cost anything."""
    problems_of(project, file, data)
