"""`tierctl impact` as a person and a pipeline call it, and beside the CDK's own diff."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.functional.test_fast_path import HEAVY, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.functional.conftest import Answer

FOLDER = Path(__file__).resolve().parents[2]
SCHEMAS = FOLDER / "tierctl" / "reporting" / "schemas"
GROUP = {
    "Type": "AWS::ElastiCache::ReplicationGroup",
    "UpdatePolicy": {"UseOnlineResharding": True},
    "Properties": {
        "ReplicationGroupDescription": "d",
        "CacheNodeType": "cache.t4g.micro",
        "NumNodeGroups": 1,
        "ReplicasPerNodeGroup": 1,
        "Engine": "redis",
    },
}
CLUSTER = {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-postgresql"}}


def group(**properties: Any) -> dict[str, Any]:
    """The cache with other properties."""
    return {**GROUP, "Properties": {**GROUP["Properties"], **properties}}  # type: ignore[dict-item]


def cluster(most: int) -> dict[str, Any]:
    """A database with a capacity range."""
    scaling = {"MinCapacity": 0.5, "MaxCapacity": most}
    return {
        **CLUSTER,
        "Properties": {**CLUSTER["Properties"], "ServerlessV2ScalingConfiguration": scaling},  # type: ignore[dict-item]
    }


@pytest.fixture
def pair(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Write two templates of resources."""

    def write(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, str]:
        names = []
        for name, resources in (("before.json", before), ("after.json", after)):
            (tmp_path / name).write_text(json.dumps({"Resources": resources}, indent=1))
            names.append(str(tmp_path / name))
        return names[0], names[1]

    return write


def test_exit_code_says_whether_to_go_on(
    tmp_path: Path, call: Callable[..., Answer], pair: Callable[..., tuple[str, str]]
) -> None:
    """0 without danger and without change, 1 with data at risk, naming the resource."""
    fine = call(tmp_path, "impact", *pair({"G": GROUP}, {"G": group(ReplicasPerNodeGroup=2)}))
    same = call(tmp_path, "impact", *pair({"G": GROUP}, {"G": GROUP}))
    bad = call(tmp_path, "impact", *pair({"G": GROUP}, {"G": group(Port=6380)}))

    assert (0, 0, 1) == (fine.code, same.code, bad.code)
    assert "No data is at risk." in fine.stdout
    assert "No changes." in same.stdout
    assert "STOP: G: data is at risk." in bad.stdout


@pytest.mark.parametrize(
    ("content", "place", "says"),
    [
        (b"Resources: [", ":1:", "not YAML"),
        (b'{"Resources": {"A": {"Type": "X",}}}', ":1:", "not JSON"),
        (b"\xff\xfe", ":1:", "not UTF-8"),
        (b"a: b", ":1:1", "no Resources"),
        (b"Resources:\n  A:\n    Properties: {}\n", ":2:3", "no type"),
    ],
)
def test_what_is_no_template_is_told_with_its_place(
    tmp_path: Path, call: Callable[..., Answer], content: bytes, place: str, says: str
) -> None:
    """Exit code 1, the file with line and column on stderr, nothing on stdout."""
    (tmp_path / "bad").write_bytes(content)
    (tmp_path / "good").write_text("Resources: {A: {Type: 'AWS::SNS::Topic'}}")
    ended = call(tmp_path, "impact", str(tmp_path / "good"), str(tmp_path / "bad"))

    assert (1, "") == (ended.code, ended.stdout)
    assert place in ended.stderr
    assert says in ended.stderr


@pytest.mark.parametrize(
    "words",
    [[], ["one"], ["missing", "missing"], ["a", "b", "--format", "xml"]],
    ids=["none", "one", "missing", "format"],
)
def test_a_wrong_call_is_usage(
    tmp_path: Path, call: Callable[..., Answer], words: list[str]
) -> None:
    """Exit code 2, and the reason on stderr."""
    ended = call(tmp_path, "impact", *words)

    assert (2, "") == (ended.code, ended.stdout)
    assert ended.stderr


def test_a_parameter_is_a_pair_that_is_declared(
    tmp_path: Path, call: Callable[..., Answer], pair: Callable[..., tuple[str, str]]
) -> None:
    """`--parameter X` is usage; a name that neither template has is a finding with a place."""
    names = pair({"G": GROUP}, {"G": GROUP})

    assert 2 == call(tmp_path, "impact", *names, "--parameter", "X").code
    ended = call(tmp_path, "impact", *names, "--parameter", "X=1")
    assert 1 == ended.code
    assert "after.json:1:1" in ended.stderr


def test_json_and_sarif_fit_their_schemas(
    tmp_path: Path, call: Callable[..., Answer], pair: Callable[..., tuple[str, str]]
) -> None:
    """Documents validate against the committed schemas, and -o writes what stdout would show."""
    names = pair({"G": GROUP, "A": CLUSTER}, {"G": group(Port=1, Engine="valkey"), "B": CLUSTER})
    shown = call(tmp_path, "impact", *names, "--format", "json")
    schema = json.loads((SCHEMAS / "impact.json").read_text())
    jsonschema.Draft7Validator(schema).validate(json.loads(shown.stdout))
    target = tmp_path / "impact.sarif"
    assert 1 == call(tmp_path, "impact", *names, "--format", "sarif", "-o", str(target)).code
    log = json.loads(target.read_text())
    sarif_schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text())
    jsonschema.Draft4Validator(sarif_schema).validate(log)
    results = log["runs"][0]["results"]
    assert {"impact-replaced", "impact-removed", "impact-added"} == {r["ruleId"] for r in results}
    markdown = call(tmp_path, "impact", *names, "--format", "markdown").stdout
    assert "| `G`<br>AWS::ElastiCache::ReplicationGroup | **replaced** |" in markdown


def test_it_needs_nothing_heavy(pair: Callable[..., tuple[str, str]]) -> None:
    """The command runs where AWS, the CDK, templates and schema libraries cannot be loaded."""
    names = pair({"G": GROUP}, {"G": group(ReplicasPerNodeGroup=2)})
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=set(HEAVY)), "impact", *names],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr


def cdk_diff(folder: Path, before: dict[str, Any], after: dict[str, Any]) -> tuple[int, str]:
    """What `cdk diff --template` says, off line, of a hand-made assembly."""
    folder.mkdir()
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "S.json"},
    }
    (folder / "manifest.json").write_text(
        json.dumps({"version": "36.0.0", "artifacts": {"S": stack}})
    )
    (folder / "S.json").write_text(json.dumps({"Resources": after}))
    (folder / "before.json").write_text(json.dumps({"Resources": before}))
    ended = subprocess.run(
        [
            *(str(FOLDER / "node_modules" / ".bin" / "cdk"), "diff", "S", "--app", str(folder)),
            *("--template", str(folder / "before.json"), "--fail-on", "destructive"),
            *("--no-notices", "--no-color"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_right_where_the_cdk_is_too_strict_and_too_lax(
    tmp_path: Path, call: Callable[..., Answer], pair: Callable[..., tuple[str, str]]
) -> None:
    """The CDK calls more replicas destructive and passes a reboot and a type it does not know."""
    strict = ({"G": GROUP}, {"G": group(ReplicasPerNodeGroup=2)})
    code, said = cdk_diff(tmp_path / "strict", *strict)
    ours = call(tmp_path, "impact", *pair(*strict))
    assert (1, 0) == (code, ours.code)
    assert "requires replacement" in said
    assert "in place" in ours.stdout

    unheard = {"Type": "AWS::Unheard::Of", "Properties": {"A": 1}}
    lax = (
        {"D": cluster(2), "X": unheard},
        {"D": cluster(8), "X": {**unheard, "Properties": {"A": 2}}},
    )
    code, said = cdk_diff(tmp_path / "lax", *lax)
    ours = call(tmp_path, "impact", *pair(*lax))
    assert (0, 1) == (code, ours.code), said
    assert "reboot" not in said
    assert "CloudFormation reboots" in " ".join(ours.stdout.split())
    assert "STOP: X: unknown on a type nobody has a word on: A." in ours.stdout
