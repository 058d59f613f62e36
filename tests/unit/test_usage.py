"""Usage: whose profile a tier takes, what a client may say, and that nothing is silent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tierctl.catalog import usage_profiles
from tierctl.catalog.usage_profiles import ENVIRONMENTS, profile, profile_names
from tierctl.config.compare import at_tier
from tierctl.config.parsing import parse
from tierctl.config.project import Project
from tierctl.config.usage import Usage, read_figures, usage_of
from tierctl.model.diagnostics import InvalidConfigurationError
from tierctl.model.usage import USAGE

FOLDER = Path(__file__).resolve().parents[2]


def usage(
    tier: str,
    environment: str = "production",
    client: str | None = None,
    extra: dict[str, str] | None = None,
) -> Usage:
    """The usage of an environment, with files laid over the shipped ones."""
    files = {name: text.encode() for name, text in (extra or {}).items()}
    project = Project(FOLDER, extra=files)
    return usage_of(project, at_tier(project, tier, environment, client, None, {}))


@pytest.mark.parametrize("name", profile_names())
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_profile_states_every_figure_with_a_reason(name: str, environment: str) -> None:
    """No figure is missing, none is unknown, each has a reason and a provenance."""
    found = profile(name, environment)

    assert set(found) == set(USAGE)
    assert all(value.because and name in value.provenance for value in found.values())


def test_staging_is_used_less_than_production() -> None:
    """Figure by figure, expected staging is never above expected production."""
    for name in profile_names():
        staging, production = profile(name, "staging"), profile(name, "production")
        assert all(staging[f].spread.expected <= production[f].spread.expected for f in USAGE)


def test_an_environment_takes_the_profile_of_the_one_it_inherits_from() -> None:
    """Test inherits staging."""
    assert usage("medium", "test").profile.name == "medium/staging"


def test_a_custom_tier_takes_the_profile_of_its_base_and_says_so() -> None:
    """Growth extends medium."""
    found = usage("growth")

    assert found.profile.name == "medium/production"
    assert "base" in found.notes[0]


def test_a_tier_with_no_base_takes_the_nearest_by_users_and_says_so() -> None:
    """A tier of its own for 400 users is used as medium is."""
    text = (FOLDER / "tiers" / "medium.yaml").read_text(encoding="utf-8")
    alone = text.replace("users: {least: 100, most: 1000}", "users: {least: 400, most: 900}")
    alone = alone.replace("aliases: [production]", "aliases: []").replace("built-in", "custom")
    found = usage("alone", extra={"tiers/alone.yaml": alone})

    assert found.profile.name == "medium/production"
    assert "largest" in found.notes[0]


def test_a_client_states_its_own_figures() -> None:
    """A number, or a range with a reason; by environment; the place is the provenance."""
    text = (FOLDER / "clients" / "default.yaml").read_text(encoding="utf-8")
    own = (
        text + "\nusage:\n  nat_gb: 500\n"
        "  lcu: {low: 1, expected: 2, high: 3, because: measured in May}\n"
        "environments:\n  production:\n    usage: {nat_gb: 900}\n"
    )
    found = usage("medium", client="mine", extra={"clients/mine.yaml": own}).profile
    staging = usage("medium", "staging", "mine", {"clients/mine.yaml": own}).profile
    nat, lcu = found.get("nat_gb"), found.get("lcu")

    assert nat is not None
    assert lcu is not None
    assert nat.spread.expected == 900
    assert staging.values["nat_gb"].spread.expected == 500
    assert (lcu.spread.high, lcu.because) == (Decimal(3), "measured in May")
    assert nat.provenance.startswith("clients/mine.yaml:")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("nat_gbb: 1", "usage-unknown-figure"),
        ("nat_gb: lots", "usage-wrong-figure"),
        ("nat_gb: -1", "usage-wrong-figure"),
        ("nat_gb: {low: 3, expected: 2, high: 4}", "usage-wrong-figure"),
        ("nat_gb: {low: 3}", "usage-wrong-figure"),
        ("[1]", "usage-wrong-figure"),
    ],
)
def test_a_figure_that_cannot_be_read_has_a_place(text: str, rule: str) -> None:
    """Unknown names and wrong values are told where they stand."""
    node, _ = parse(text.encode(), "clients/x.yaml")
    _, _, found = read_figures(node)

    assert [one.rule for one in found] == [rule]
    assert found[0].place is not None


def test_a_profile_that_is_not_there_is_refused() -> None:
    """The known ones are named."""
    text = (FOLDER / "clients" / "default.yaml").read_text(encoding="utf-8")
    own = text + "\nusage: {profile: mediun}\n"

    with pytest.raises(InvalidConfigurationError, match="mediun"):
        usage("medium", client="mine", extra={"clients/mine.yaml": own})


def test_a_figure_nobody_declared_is_our_mistake() -> None:
    """Reading a name outside USAGE raises: a typing error of ours must not read as nothing."""
    with pytest.raises(KeyError):
        usage("medium").profile.get("nat_gbb")


@pytest.mark.parametrize("name", profile_names())
def test_the_fast_reading_is_what_yaml_says(name: str) -> None:
    """The files are YAML, and reading them line by line gives the same."""
    document = yaml.safe_load((usage_profiles.FOLDER / f"{name}.yaml").read_bytes())
    for environment in ENVIRONMENTS:
        read = {
            figure: [str(v) for v in (u.spread.low, u.spread.expected, u.spread.high)] + [u.because]
            for figure, u in profile(name, environment).items()
        }
        assert read == document[environment]
