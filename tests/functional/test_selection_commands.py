"""`select` and `info`: one precedence, always explained; records that stop a silent change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

FOLDER = Path(__file__).resolve().parents[2]
SCHEMAS = FOLDER / "tierctl" / "reporting" / "schemas"


def schema(kind: str) -> Any:
    """A committed schema."""
    return json.loads((SCHEMAS / f"{kind}.json").read_text())


def test_the_argument_wins_and_the_rest_is_named(copy: Path, call: Callable[..., Any]) -> None:
    """The tier alone is on stdout; stderr says who won and who was passed over."""
    said = {"TIERCTL_TIER": "minimum", "CLIENT_TIER": "enterprise"}
    answer = call(copy, "select", "medium", variables=said)
    assert (answer.code, answer.stdout) == (0, "medium\n")
    assert "Passed over: TIERCTL_TIER says 'minimum'." in answer.stderr
    assert "Passed over: CLIENT_TIER says 'enterprise'." in answer.stderr
    assert "tier: medium" in (copy / ".tierctl-selection.yaml").read_text()


@pytest.mark.parametrize(
    ("variables", "tier"),
    [
        (
            {"TIERCTL_TIER": "minimum", "CLIENT_TIER": "medium", "COPILOT_TIER": "enterprise"},
            "minimum",
        ),
        ({"CLIENT_TIER": "medium", "COPILOT_TIER": "enterprise"}, "medium"),
        ({"COPILOT_TIER": "enterprise"}, "enterprise"),
        ({"COPILOT_TIER": "startup"}, "minimum"),
    ],
)
def test_variables_by_precedence(
    copy: Path, call: Callable[..., Any], variables: dict[str, str], tier: str
) -> None:
    """TIERCTL_TIER before CLIENT_TIER before COPILOT_TIER; aliases count."""
    assert call(copy, "select", variables=variables).stdout == f"{tier}\n"


@pytest.mark.parametrize(
    ("answer", "tier"),
    [
        ("2\n", "medium"),
        ("enterprise\n", "enterprise"),
        (" 1 \n", "minimum"),
        ("production", "medium"),
    ],
)
def test_the_prompt_takes_a_number_or_a_name(
    copy: Path, call: Callable[..., Any], answer: str, tier: str
) -> None:
    """Built-in tiers have the plan document's numbers 1, 2 and 3; the question is on stderr."""
    said = call(copy, "select", answer=answer)
    assert (said.code, said.stdout) == (0, f"{tier}\n")
    assert "1) minimum" in said.stderr
    assert "a month expected; the plan says $150-250" in said.stderr


@pytest.mark.parametrize("answer", ["", "\n", "9\n", "0\n", "x\n", "1" * 5000 + "\n", "²\n"])
def test_a_wrong_choice_or_no_answer_is_exit_2(
    copy: Path, call: Callable[..., Any], answer: str
) -> None:
    """Nothing is written, and nothing is chosen for the person."""
    said = call(copy, "select", answer=answer)
    assert said.code == 2
    assert said.stdout == ""
    assert not (copy / ".tierctl-selection.yaml").exists()


def test_a_misspelt_tier_is_asked_back(copy: Path, call: Callable[..., Any]) -> None:
    """An unknown argument is exit 2 with the nearest tier and who said it."""
    said = call(copy, "select", "meduim")
    assert said.code == 2
    assert "Did you mean 'medium'?" in said.stderr
    assert "named by TIER" in said.stderr


def test_a_domain_names_its_client(copy: Path, call: Callable[..., Any]) -> None:
    """CLIENT_DOMAIN finds the client that has the domain, in any environment; others are told."""
    found = call(copy, "select", variables={"CLIENT_DOMAIN": "WWW.portal.globex.example"})
    assert found.stdout == "growth\n"
    assert "client: globex" in (copy / ".tierctl-selection.yaml").read_text()
    lost = call(copy, "select", variables={"CLIENT_DOMAIN": "no.example", "CLIENT_TIER": "medium"})
    assert lost.stdout == "medium\n"
    assert "CLIENT_DOMAIN is 'no.example', which no file of clients/ has" in lost.stderr


def test_a_selection_that_will_be_passed_over_is_told(copy: Path, call: Callable[..., Any]) -> None:
    """The client's file wins over the selection: whoever selects against it hears so at once."""
    said = call(copy, "select", "enterprise", "--client", "acme")
    assert said.code == 0
    assert "wins over the selection" in said.stderr


def test_select_as_json(copy: Path, call: Callable[..., Any]) -> None:
    """The document validates and a dry run writes nothing."""
    said = call(copy, "select", "medium", "--dry-run", "--format", "json")
    jsonschema.validate(json.loads(said.stdout), schema("selection"))
    assert not (copy / ".tierctl-selection.yaml").exists()


def test_info_tells_what_is_selected_and_recorded(copy: Path, call: Callable[..., Any]) -> None:
    """Selected with its reason, recorded with its file; both also as a valid document."""
    call(copy, "select", "medium")
    record = copy / "environments" / "acme-staging.yaml"
    record.write_text("client: acme\nenvironment: staging\ntier: minimum\n")
    said = call(copy, "info")
    assert said.code == 0
    assert "Tier 'medium', named by .tierctl-selection.yaml." in said.stdout
    assert "acme-staging: minimum (environments/acme-staging.yaml)" in said.stdout
    document = json.loads(call(copy, "info", "--format", "json").stdout)
    jsonschema.validate(document, schema("info"))


def test_a_template_tells_its_environment_and_can_be_recorded(
    copy: Path, call: Callable[..., Any]
) -> None:
    """From a template's Metadata to a record, after which nothing of the environment changes."""
    shown = json.loads(call(copy, "show", "--client", "acme", "--format", "json").stdout)
    template = copy / "t.template.json"
    template.write_text(
        json.dumps({"Metadata": {"tierctl": {"version": 1, "environment": shown["environment"]}}})
    )
    said = call(copy, "info", "--template", str(template), "--save")
    assert said.code == 0
    assert "shop-acme-staging: tier minimum in eu-west-1" in said.stdout
    again = json.loads(call(copy, "show", "--client", "acme", "--format", "json").stdout)
    assert again["environment"] == shown["environment"]
    assert call(copy, "validate").code == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"Metadata": {"tierctl": {"environment": 3}}}'])
def test_a_template_of_others_is_a_finding(copy: Path, call: Callable[..., Any], text: str) -> None:
    """A template that is not ours is said to be none, with exit 1 and nothing recorded."""
    path = copy / "t.json"
    path.write_text(text)
    said = call(copy, "info", "--template", str(path), "--save")
    assert said.code == 1
    assert not list((copy / "environments").iterdir())


def test_a_recorded_tier_cannot_be_changed_in_silence(copy: Path, call: Callable[..., Any]) -> None:
    """Another tier than the recorded one is refused, whoever says it, with the plan's command."""
    record = copy / "environments" / "acme-staging.yaml"
    record.write_text("client: acme\nenvironment: staging\ntier: minimum\n")
    for words, variables in (
        (["show", "medium", "--client", "acme"], {}),
        (["show", "--client", "acme"], {"CLIENT_TIER": "medium"}),
    ):
        said = call(copy, *words, variables=variables)
        assert said.code == 1
        assert "tierctl plan --to medium --client acme --environment staging" in said.stderr
        assert "environments/acme-staging.yaml:3:7" in said.stderr
    assert call(copy, "show", "--client", "acme").code == 0


def test_a_recorded_region_cannot_be_changed_in_silence(
    copy: Path, call: Callable[..., Any]
) -> None:
    """--region on a deployed environment would make a second, empty one: it is refused."""
    record = copy / "environments" / "acme-staging.yaml"
    record.write_text(
        "client: acme\nenvironment: staging\ntier: minimum\nplacement: {region: eu-west-1}\n"
    )
    said = call(copy, "show", "--client", "acme", "--region", "us-east-1")
    assert said.code == 1
    assert "region-recorded" in said.stderr


def test_a_broken_selection_file_is_told(copy: Path, call: Callable[..., Any]) -> None:
    """A selection file that cannot be read is a located finding, not a silent 'nothing'."""
    (copy / ".tierctl-selection.yaml").write_text("tier: [medium]\n")
    said = call(copy, "show")
    assert said.code == 1
    assert ".tierctl-selection.yaml:1:7" in said.stderr


def test_a_variable_that_is_no_text_is_told_as_its_bytes(
    copy: Path, call: Callable[..., Any]
) -> None:
    """Bytes that are no UTF-8 in a variable are passed over or refused, never a traceback."""
    said = call(copy, "info", variables={"TIERCTL_TIER": "medium", "CLIENT_TIER": "\udcff"})
    assert said.code == 0
    assert "CLIENT_TIER says '\\udcff'" in said.stdout


def test_the_beginning_of_a_name_is_understood(copy: Path, call: Callable[..., Any]) -> None:
    """`prod` is no environment, and the message asks for production."""
    said = call(copy, "show", "medium", "--environment", "prod")
    assert said.code == 2
    assert "Did you mean 'production'?" in said.stderr
