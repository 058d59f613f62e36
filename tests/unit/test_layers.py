"""Layers: tiers on tiers, families from several, clients and records on top, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierctl.config.atomic import write_atomically
from tierctl.config.nodes import Mapping, Scalar, overlay
from tierctl.config.parsing import parse
from tierctl.config.project import Project
from tierctl.config.resolve import Request, attempt, resolve
from tierctl.config.validate import validate_files
from tierctl.model.diagnostics import Severity

APPLICATION = (
    "application:\n  cache_client: cluster\n  services:\n    web:\n"
    "      image: public.ecr.aws/nginx/nginx:1.29\n      port: 80\n      health_check_path: /\n"
)


def laid(project: Project, **files: str) -> Project:
    """The shipped project with files over it; `tiers__x` is tiers/x.yaml."""
    extra = {f"{name.replace('__', '/')}.yaml": text.encode() for name, text in files.items()}
    return Project(project.folder, extra=extra)


def test_extends_hands_on_everything_but_a_tiers_own_words(project: Project) -> None:
    """Values are inherited; aliases, title, band and bounds are not."""
    found = resolve(
        laid(project, tiers__own="extends: medium\n"),
        Request(tier="own", environment="production"),
        {},
    )
    medium = resolve(project, Request(tier="medium", environment="production"), {})
    assert found.environment.database == medium.environment.database
    assert (found.tier.aliases, found.tier.band, found.tier.bounds) == ((), None, None)
    assert found.tier.title == "own"


def test_families_come_whole_from_another_tier(project: Project) -> None:
    """A borrowed family is the other tier's in every environment, nothing of the first remains."""
    for environment in ("staging", "production"):
        hybrid = resolve(project, Request(tier="hybrid", environment=environment), {})
        other = resolve(project, Request(tier="enterprise", environment=environment), {})
        assert hybrid.environment.cache == other.environment.cache


def test_the_upper_layer_wins_and_is_blamed(project: Project) -> None:
    """Tier, its environment, client, the client's environment, record: each over the last."""
    client = (
        f"tier: minimum\nregion: eu-west-1\nfamilies: {{database: {{max_acu: 1}}}}\n{APPLICATION}"
        "environments:\n  production:\n    families: {database: {backup_retention_days: 3}}\n"
    )
    record = "tier: minimum\nfamilies: {cache: {engine: redis, engine_version: '7.1'}}\n"
    found = resolve(
        Project(
            project.folder,
            extra={
                "clients/own.yaml": client.encode(),
                "environments/own-production.yaml": record.encode(),
            },
        ),
        Request(client="own", environment="production"),
        {},
    )
    assert found.environment.cache.engine == "redis"
    assert found.environment.database.backup_retention_days == 3
    assert found.environment.database.max_acu == 1
    assert found.places["cache.engine"].file == "environments/own-production.yaml"
    assert found.places["database.max_acu"].file == "clients/own.yaml"
    assert found.places["database.min_acu"].file == "tiers/minimum.yaml"


def test_an_override_that_clashes_is_mended_where_it_was_written(project: Project) -> None:
    """A client that lowers the most below the tier's least is sent to its own line."""
    client = f"tier: medium\nregion: eu-west-1\nfamilies: {{cache: {{shards: 2}}}}\n{APPLICATION}"
    _, found = attempt(laid(project, clients__own=client), Request(client="own"), {})
    wrong = [d for d in found if d.severity is Severity.ERROR]
    assert [(d.rule, str(d.place)) for d in wrong] == [
        ("cache-shards-without-cluster-mode", "clients/own.yaml:3:28")
    ]


def test_a_broken_family_hides_nothing_of_the_others(project: Project) -> None:
    """Type errors of one family and rules of another are told in one run."""
    text = (
        "extends: minimum\nfamilies:\n  cache: {shards: many}\n"
        "  database: {min_acu: 4, max_acu: 2}\n  filesystem: {provisioned_mibps: 5}\n"
        "  bucket: {transition_after_days: 3}\n"
    )
    report = validate_files(project, [("tiers/own.yaml", text.encode())])
    rules = {d.rule for d in report.diagnostics if d.severity is Severity.ERROR}
    assert rules == {
        "wrong-type",
        "database-capacity-order",
        "filesystem-rate-unused",
        "bucket-transition-too-early",
    }


def test_an_environment_left_empty_changes_nothing(project: Project) -> None:
    """`production:` with nothing behind it is the tier's own production."""
    text = "extends: medium\nenvironments:\n  production:\n"
    found = resolve(
        laid(project, tiers__own=text), Request(tier="own", environment="production"), {}
    )
    medium = resolve(project, Request(tier="medium", environment="production"), {})
    assert found.environment.cache == medium.environment.cache


def test_a_secret_is_never_repeated(project: Project) -> None:
    """The message about a secret in plain text does not hold the secret."""
    secret = "AKIA" + "ABCDEFGHIJKLMNOP"
    text = f"tier: minimum\nregion: eu-west-1\n{APPLICATION}      variables: {{KEY: {secret}}}\n"
    report = validate_files(project, [("clients/own.yaml", text.encode())])
    told = [d for d in report.diagnostics if d.rule == "secret-in-plain-text"]
    assert len(told) == 1
    assert all(secret not in d.what + d.fix + d.why for d in report.diagnostics)


@pytest.mark.parametrize(
    ("name", "value"),
    [("TOKEN_TTL", "3600"), ("PASSWORD_FILE", "/run/x"), ("API_KEY", "false"), ("SECRET", "")],
)
def test_harmless_variables_are_left_alone(project: Project, name: str, value: str) -> None:
    """A lifetime, a path, a switch and nothing at all are no secrets."""
    text = (
        f"tier: minimum\nregion: eu-west-1\n{APPLICATION}      variables: {{{name}: '{value}'}}\n"
    )
    report = validate_files(project, [("clients/own.yaml", text.encode())])
    assert not [d for d in report.diagnostics if d.rule == "secret-in-plain-text"]


def test_beyond_the_tier_names_the_tier_that_fits(project: Project) -> None:
    """An override beyond the plan's range warns, still resolves, and names where it belongs."""
    client = (
        f"tier: minimum\nregion: eu-west-1\nfamilies: {{database: {{max_acu: 16}}}}\n{APPLICATION}"
    )
    found = resolve(laid(project, clients__own=client), Request(client="own"), {})
    told = [w for w in found.warnings if w.rule == "beyond-tier"]
    assert [w.suggestion for w in told] == ["enterprise"]
    assert str(told[0].place) == "clients/own.yaml:3:32"


def test_overlay_keeps_the_place_of_every_value() -> None:
    """Merged values still say where they were written; lists are replaced whole."""
    below, _ = parse(b"a: {x: 1, y: 2}\nb: [1]\n", "below")
    above, _ = parse(b"a: {y: 3}\nb: [2, 3]\nc:\n", "above")
    merged = overlay(below, above)
    assert isinstance(merged, Mapping)
    inner = merged.get("a")
    assert isinstance(inner, Mapping)
    x, y = inner.get("x"), inner.get("y")
    assert isinstance(x, Scalar)
    assert isinstance(y, Scalar)
    assert (x.place.file, y.place.file, y.value) == ("below", "above", 3)


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    """No half file and no litter: the old content stays when the new cannot be written."""
    path = tmp_path / "file"
    write_atomically(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
