"""All ways to say a tier agree: the same word gives the same tier and the same Environment."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierctl.config.layers import aliases
from tierctl.config.project import SELECTION_FILE, Project
from tierctl.config.resolve import Request, Resolution, resolve
from tierctl.config.selection import VARIABLES
from tierctl.model.diagnostics import InvalidConfigurationError

ROUTES = ("argument", *VARIABLES, "client file", "selection file")


def by_route(project: Project, route: str, word: str, environment: str) -> Resolution:
    """The Environment when one route alone says the word."""
    variables = {route: word} if route in VARIABLES else {}
    extra = {}
    default = (project.folder / "clients" / "default.yaml").read_bytes()
    if route == "client file":
        extra["clients/default.yaml"] = default + f"\ntier: {word}\n".encode()
    if route == "selection file":
        extra[SELECTION_FILE] = f"tier: {word}\n".encode()
    laid = Project(project.folder, extra=extra)
    tier = word if route == "argument" else None
    return resolve(laid, Request(tier=tier, environment=environment), variables)


@functools.cache
def all_words(folder: Path) -> tuple[str, ...]:
    """Every tier's name and alias, read once: what is drawn from must not move under the draw."""
    project = Project(folder)
    return (*project.names("tiers"), *aliases(project))


def words(project: Project) -> tuple[str, ...]:
    """Every tier's name and alias."""
    return all_words(project.folder)


@settings(deadline=None)
@given(data=st.data())
def test_every_route_gives_the_same_environment(project: Project, data: st.DataObject) -> None:
    """Argument, three variables, client file and selection file are one and the same answer."""
    word = data.draw(st.sampled_from(words(project)))
    environment = data.draw(st.sampled_from(["staging", "production", "test", "dev"]))
    found = [by_route(project, route, word, environment) for route in ROUTES]
    assert len({r.choice.tier for r in found}) == 1
    assert len({r.environment for r in found}) == 1


@settings(deadline=None)
@given(data=st.data())
def test_the_first_route_that_speaks_wins(project: Project, data: st.DataObject) -> None:
    """Whatever the later ones say, the tier is the first one's, and all of them are named."""
    spoken = data.draw(st.lists(st.sampled_from(ROUTES), min_size=1, unique=True))
    said = {route: data.draw(st.sampled_from(words(project))) for route in spoken}
    extra = {}
    if "client file" in said:
        default = (project.folder / "clients" / "default.yaml").read_bytes()
        extra["clients/default.yaml"] = default + f"\ntier: {said['client file']}\n".encode()
    if "selection file" in said:
        extra[SELECTION_FILE] = f"tier: {said['selection file']}\n".encode()
    laid = Project(project.folder, extra=extra)
    variables = {name: said[name] for name in VARIABLES if name in said}
    found = resolve(laid, Request(tier=said.get("argument")), variables)
    winner = next(route for route in ROUTES if route in said)
    alone = by_route(project, winner, said[winner], "staging")
    assert found.choice.tier == alone.choice.tier
    assert len(found.choice.candidates) == len(said)


@settings(deadline=None)
@given(word=st.text(max_size=20))
@pytest.mark.parametrize("route", [r for r in ROUTES if r not in ("client file", "selection file")])
def test_a_word_that_is_no_tier_is_refused(project: Project, route: str, word: str) -> None:
    """Any other word is an error by every route, and nothing at all is one too."""
    if word in words(project):
        return
    with pytest.raises(InvalidConfigurationError) as error:
        by_route(project, route, word, "staging")
    wanted = "unknown-tier" if word else "tier-not-given"
    assert {d.rule for d in error.value.diagnostics} == {wanted}


def test_a_record_changes_nothing_of_the_environment_it_was_written_for(project: Project) -> None:
    """With its own record an Environment resolves to itself: a plain deployment changes nothing."""
    from tierctl.config.records import record_text

    for tier in project.names("tiers"):
        for environment in ("staging", "production"):
            request = Request(tier=tier, environment=environment)
            born = resolve(dataclasses.replace(project, extra={}), request, {}).environment
            name = f"environments/default-{environment}.yaml"
            laid = Project(project.folder, extra={name: record_text(born).encode()})
            assert resolve(laid, request, {}).environment == born
