"""Apply on the embedded AWS: every built-in way, through the gate, with nothing lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.account.world import document_of, yes
from tierctl.aws.apply import Options, RefusedError
from tierctl.aws.assembly import Assembly
from tierctl.model.document import from_document
from tierctl.model.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.account.world import World

WAYS = [
    ("minimum", "medium", "enterprise", "medium", "minimum"),
    ("minimum", "enterprise", "minimum"),
    ("growth", "enterprise"),
]


@pytest.mark.parametrize("way", WAYS, ids=["-".join(way) for way in WAYS])
def test_every_step_of_a_way_is_applied_and_nothing_is_lost(
    world: World, environment_of: Callable[..., Environment], way: tuple[str, ...]
) -> None:
    """Ids and markers of every data store are the same at each end of each plan."""
    world.deploy(environment_of(way[0], "production"))
    stores, markers = world.stores(), world.sandbox.markers()
    standing = world.standing

    for tier in way[1:]:
        # the file system takes one change of its throughput mode a day
        world.sandbox.advance(86_400)
        document = document_of(standing, environment_of(tier, "production"))
        done = world.run(document).carry_out(yes(document))

        assert len(document["steps"]) == done
        assert stores == world.stores()
        after = world.sandbox.markers()
        assert markers == {arn: after.get(arn) for arn in markers}
        standing = from_document(Environment, document["steps"][-1]["after"])
        assert tier == world.recorded[-1].identity.tier


def test_a_run_that_was_stopped_goes_on_where_it_stands(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """After any step the next run begins with the one behind it, and does nothing twice."""
    start, goal = environment_of("minimum", "production"), environment_of("medium", "production")
    world.deploy(start)
    document = document_of(start, goal)

    for number in range(1, len(document["steps"]) + 1):
        assert number - 1 == world.run(document).position()
        assert number == world.run(document).carry_out(Options(to_step=number))
    told = len(world.told)
    assert len(document["steps"]) == world.run(document).carry_out(Options())
    assert 1 == len(world.told) - told


def test_a_one_way_step_wants_a_yes(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """Nobody said yes: the run stops before the step, says how to, and can go on."""
    start, goal = environment_of("medium", "production"), environment_of("enterprise", "production")
    world.deploy(start)
    document = document_of(start, goal)
    [one_way] = document["totals"]["irreversible_steps"]

    with pytest.raises(RefusedError, match=f"--yes-irreversible {one_way}"):
        world.run(document).carry_out(Options())

    assert one_way - 1 == world.run(document).position()


def test_a_stack_that_somebody_changed_is_refused(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """A plan is applied to the environment it was made from, or not at all."""
    start, goal = environment_of("minimum", "production"), environment_of("medium", "production")
    world.deploy(start)
    document = document_of(environment_of("enterprise", "production"), goal)

    with pytest.raises(RefusedError, match="stands at no step of this plan"):
        world.run(document).carry_out(Options())


def test_a_planted_replacement_is_refused_and_nothing_changes(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """A template that would replace the database never gets past the gate."""
    start, goal = environment_of("minimum", "production"), environment_of("medium", "production")
    world.deploy(start)
    stores = world.stores()
    document = document_of(start, goal)
    run = world.run(document)
    honest = run.synthesise

    def planted(step: int) -> Assembly:
        assembly = honest(step)
        template = json.loads(assembly.template)
        template["Resources"]["Filesystem"]["Properties"]["PerformanceMode"] = "maxIO"
        return Assembly(
            assembly.stack_name,
            json.dumps(template),
            assembly.object_url,
            assembly.execution_role,
            (),
        )

    run.synthesise = planted
    with pytest.raises(RefusedError, match=r"Filesystem\.PerformanceMode"):
        run.carry_out(Options())

    assert stores == world.stores()
    assert 0 == world.run(document).position()
