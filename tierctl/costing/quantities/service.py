"""Services: Fargate by architecture, on demand or Spot, for as many tasks as run."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter, plain
from tierctl.model.estimate import HOURS, OTHER
from tierctl.model.money import Spread
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Schedule
    from tierctl.model.estimate import Line
    from tierctl.model.shapes import ServiceShape
    from tierctl.model.usage import UsageProfile

UNITS_PER_VCPU = 1024
MIB_PER_GB = 1024
FREE_EPHEMERAL_GB = 20
TRACKED_METRICS = 2
"""Target tracking policies of each service of ours: CPU and memory."""
ALARMS_PER_POLICY = 2
"""A target tracking policy makes a high and a low alarm, and CloudWatch bills both (Application
Auto Scaling user guide, "Target tracking scaling policies"; from memory, unconfirmed)."""
WEEK_HOURS = Decimal(168)
_MINUTES = 60


def lines(
    name: str, shape: ServiceShape, schedule: Schedule | None, usage: UsageProfile
) -> Iterator[Line]:
    """Everything one service bills."""
    meter = Meter(component(name), f"service/{name}", usage)
    yield from fargate(
        meter,
        cpu=shape.cpu,
        memory_mib=shape.memory_mib,
        architecture=shape.architecture,
        spot=shape.capacity == "FARGATE_SPOT",
        least=shape.min_tasks,
        most=shape.max_tasks,
        awake=awake_share(schedule),
    )
    yield scaling_alarms(meter, TRACKED_METRICS)


def component(name: str) -> str:
    """The row of a service: `Web Service`."""
    return f"{name.replace('-', ' ').replace('_', ' ').title()} Service"


def awake_share(schedule: Schedule | None) -> Decimal:
    """The share of a week in which the environment runs."""
    if schedule is None:
        return Decimal(1)
    return share_of_week(schedule.start, schedule.stop, len(schedule.days))


def share_of_week(start: str, stop: str, days: int) -> Decimal:
    """The share of a week from one time of day to another, on so many days."""
    minutes = (_minute(stop) - _minute(start)) % (24 * _MINUTES)
    return Decimal(minutes * days) / (WEEK_HOURS * _MINUTES)


def _minute(text: str) -> int:
    """Minutes since midnight."""
    hour, _, minute = text.partition(":")
    return int(hour) * _MINUTES + int(minute)


def running(meter: Meter, least: int, most: int, awake: Decimal) -> tuple[Spread, str]:
    """Task hours in a month, and how they were counted."""
    mean = meter.spread("mean_tasks")
    asleep = f" x {plain(round(awake, 4))} of the week" if awake != 1 else ""
    if least == most or mean is None:
        tasks = Spread(Decimal(least), Decimal(least), Decimal(most))
        words = f"{least} task(s)" if least == most else f"{least} to {most} tasks, no usage stated"
    else:
        tasks = mean.clamped(least, most)
        words = f"{plain(tasks.expected)} task(s) on average"
    return tasks.times(HOURS * awake), f"{words} x 730 h{asleep}"


def fargate(  # noqa: PLR0913 - a task is billed by this many things
    meter: Meter,
    *,
    cpu: int | Unknown,
    memory_mib: int | Unknown,
    architecture: str | Unknown,
    spot: bool | Unknown,
    least: int | Unknown,
    most: int | Unknown,
    awake: Decimal | Unknown = Decimal(1),
    ephemeral_gb: int | Unknown = FREE_EPHEMERAL_GB,
) -> Iterator[Line]:
    """Hours of vCPU and of memory."""
    for value in (cpu, memory_mib, architecture, spot, least, most, awake, ephemeral_gb):
        if isinstance(value, Unknown):
            yield meter.unknown("Fargate", value.reason)
            return
    assert isinstance(least, int)  # noqa: S101 - said by the loop above
    assert isinstance(most, int)  # noqa: S101 - same
    assert isinstance(awake, Decimal)  # noqa: S101 - same
    assert isinstance(cpu, int)  # noqa: S101 - same
    assert isinstance(memory_mib, int)  # noqa: S101 - same
    assert isinstance(ephemeral_gb, int)  # noqa: S101 - same
    chip = "arm" if architecture == "ARM64" else "x86"
    prefix = f"fargate.spot.{chip}" if spot else f"fargate.{chip}"
    kind = f"Fargate{' Spot' if spot else ''} {'ARM' if chip == 'arm' else 'x86'}"
    hours, words = running(meter, least, most, awake)
    vcpu, memory = Decimal(cpu) / UNITS_PER_VCPU, Decimal(memory_mib) / MIB_PER_GB
    parts = [
        (f"{kind} vCPU", f"{prefix}.vcpu_hour", vcpu, "vCPU hours", "vCPU"),
        (f"{kind} memory", f"{prefix}.gb_hour", memory, "GB hours", "GB"),
    ]
    extra = ephemeral_gb - FREE_EPHEMERAL_GB
    if extra > 0:
        key = "fargate.ephemeral_gb_hour"
        parts.append(("Fargate storage", key, Decimal(extra), "GB hours", "GB beyond 20"))
    for name, key, size, unit, what in parts:
        quantity, how = hours.times(size), f"{plain(size)} {what} x {words}"
        if meter.spread("mean_tasks") is None or least == most:
            yield meter.fixed(name, key, quantity, unit, how)
        else:
            yield meter.derived(name, key, quantity, unit, how, ("mean_tasks",))


def scaling_alarms(meter: Meter, policies: int) -> Line:
    """The alarms that autoscaling makes for itself, in no template and on every bill."""
    return meter.of(OTHER).fixed(
        "Autoscaling alarms",
        "cloudwatch.alarm.standard_month",
        policies * ALARMS_PER_POLICY,
        "alarms",
        f"{policies} target tracking policies x {ALARMS_PER_POLICY} alarms",
    )
