"""Rules of what runs: names and tags AWS accepts, paths, domain, schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tierctl.catalog.limits import limits
from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import Severity

_NAMES = limits("naming")["source"]
_TAGS = limits("naming")["tag_source"]
_LISTENER = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "load-balancer-listeners.html"
)
_HEAD = "tier: minimum\nregion: eu-west-1\n"
_WEB = (
    "    web:\n      image: public.ecr.aws/nginx/nginx:1.29\n      port: 80\n"
    "      health_check_path: /\n"
)
_APPLICATION = f"application:\n  cache_client: cluster\n  services:\n{_WEB}"
_ARN = "arn:aws:acm:%s:123456789012:certificate/0a1b2c3d"


def _client(bad: str, good: str) -> Example:
    """A client's file, broken and mended."""
    return Example(
        "clients/example.yaml", f"{_HEAD}{bad}\n{_APPLICATION}", f"{_HEAD}{good}\n{_APPLICATION}"
    )


def _name(subject: Subject) -> Iterator[Problem]:
    """A stack name that AWS refuses somewhere."""
    name = f"{subject.app}-{subject.client.name}-{subject.environment}"
    most = limits("naming")["stack_name_max"]
    place = subject.place("app") or subject.place("tier")
    if len(name) > most:
        yield Problem(
            place,
            f"'{name}' has {len(name)} characters; as the cache's id it may have {most}.",
            f"Shorten 'app', the client's or the environment's name by {len(name) - most} "
            "characters.",
        )
    elif not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        yield Problem(
            place,
            f"'{name}' is not small letters, digits and single hyphens with a letter first.",
            f"Set 'app: {_plain(subject.app)}', and mend the names it is joined with.",
        )


def _plain(name: str) -> str:
    """The nearest name AWS accepts."""
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9-]", "-", name.lower())).strip("-") or "app"


def _tag(subject: Subject) -> Iterator[Problem]:
    """A tag value that AWS refuses."""
    known, value = limits("naming"), subject.cost_centre
    if len(value) > known["tag_value_max"] or not re.fullmatch(known["tag_value"], value):
        yield Problem(
            subject.place("cost_centre"),
            f"'cost_centre' is '{value[:60]}', which AWS does not accept as a tag.",
            "Use letters, digits, spaces and _ . : / = + - @, at most "
            f"{known['tag_value_max']} of them, in 'cost_centre'.",
        )


def _paths(subject: Subject) -> Iterator[Problem]:
    """Two services that claim one path."""
    claimed: dict[str, str] = {}
    for contract in subject.application.services if subject.application else ():
        for path in contract.paths:
            if path in claimed:
                yield Problem(
                    subject.place(f"application.services.{contract.name}.paths"),
                    f"'{path}' is claimed by '{claimed[path]}' and by '{contract.name}'.",
                    f"Remove it from one of their 'paths', or make it longer for "
                    f"'{contract.name}'.",
                )
            claimed.setdefault(path, contract.name)


def _domain(subject: Subject) -> Iterator[Problem]:
    """A domain without a certificate, or one elsewhere."""
    domain = subject.application.domain if subject.application else None
    if domain is None:
        return
    if domain.certificate_arn is None and domain.hosted_zone_id is None:
        yield Problem(
            subject.place("domain.name", "domain"),
            f"'domain' is {domain.name}, without a certificate and without a hosted zone.",
            "Add 'certificate_arn', or 'hosted_zone_id' and 'hosted_zone_name' so that one is "
            "made.",
        )
    if (domain.hosted_zone_id is None) != (domain.hosted_zone_name is None):
        missing = "hosted_zone_name" if domain.hosted_zone_name is None else "hosted_zone_id"
        yield Problem(
            subject.place("domain.hosted_zone_id", "domain.hosted_zone_name"),
            f"'domain' has no '{missing}': a zone is named by both.",
            f"Add '{missing}'.",
        )
    zone = domain.hosted_zone_name
    if zone is not None and not f".{domain.name}".endswith(f".{zone.rstrip('.')}"):
        yield Problem(
            subject.place("domain.hosted_zone_name"),
            f"'{domain.name}' does not lie in the zone '{zone}'.",
            f"Set 'hosted_zone_name' to a domain that '{domain.name}' ends with.",
        )


def _certificate(subject: Subject) -> Iterator[Problem]:
    """A certificate in another region."""
    domain = subject.application.domain if subject.application else None
    if domain is None or domain.certificate_arn is None or subject.placement is None:
        return
    region = domain.certificate_arn.split(":")[3]
    if region != subject.placement.region:
        yield Problem(
            subject.place("domain.certificate_arn"),
            f"'domain.certificate_arn' lies in {region}, the load balancer in "
            f"{subject.placement.region}.",
            f"Set 'certificate_arn' to a certificate in {subject.placement.region}.",
        )


def _schedule_promise(subject: Subject) -> Iterator[Problem]:
    """Office hours where the tier's promise holds."""
    if subject.schedule is not None and not subject.lacks:
        yield Problem(
            subject.place("schedule"),
            f"'schedule' takes every task of {subject.environment} away outside of office hours.",
            "Move 'schedule' under 'environments: {staging: ...}', or remove it.",
        )


def _schedule_database(subject: Subject) -> Iterator[Problem]:
    """A database that stays awake while the tasks sleep."""
    database = subject.shapes.get("database")
    if subject.schedule is not None and database is not None and database.min_acu > 0:
        yield Problem(
            subject.place("schedule"),
            f"'schedule' lets the tasks sleep; the database keeps {database.min_acu:f} ACU and "
            "is billed through the night.",
            "Add 'families: {database: {min_acu: 0}}' beside it: without connections it pauses.",
        )


def _schedule_order(subject: Subject) -> Iterator[Problem]:
    """Office hours that end before they begin."""
    schedule = subject.schedule
    if schedule is not None and schedule.start >= schedule.stop:
        yield Problem(
            subject.place("schedule.stop"),
            f"'schedule.stop' is {schedule.stop}, and start is {schedule.start}.",
            "Set 'stop' to a later time of the same day.",
        )


RULES = (
    Rule(
        "name-not-accepted",
        "the name of the stack is not accepted",
        "The name is also the cache's and the database's id, which can never change.",
        "Use short names of small letters, digits and hyphens.",
        _NAMES,
        _client("app: a-shop-with-a-very-long-name-indeed", "app: shop"),
        _name,
    ),
    Rule(
        "tag-not-accepted",
        "a tag value is not accepted",
        "CloudFormation refuses the whole deployment for one tag.",
        "Use the characters AWS accepts.",
        _TAGS,
        _client("cost_centre: shop & cart", "cost_centre: shop + cart"),
        _tag,
    ),
    Rule(
        "path-claimed-twice",
        "two services claim one path",
        "The load balancer would send all requests to the one with the higher priority.",
        "Give every path to one service.",
        _LISTENER,
        Example(
            "clients/example.yaml",
            f"{_HEAD}{_APPLICATION}      paths: ['/*']\n"
            + _WEB.replace("web", "backend")
            + "      paths: ['/*']\n",
            f"{_HEAD}{_APPLICATION}      paths: ['/*']\n"
            + _WEB.replace("web", "backend")
            + "      paths: ['/api/*']\n",
        ),
        _paths,
    ),
    Rule(
        "domain-without-certificate",
        "the domain is half declared",
        "HTTPS needs a certificate: one that exists, or one that a hosted zone can validate.",
        "Name a certificate, or the hosted zone by id and name.",
        "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
        _client(
            "domain: {name: shop.example.com}",
            "domain: {name: shop.example.com, hosted_zone_id: Z0123456789, "
            "hosted_zone_name: example.com}",
        ),
        _domain,
    ),
    Rule(
        "certificate-region",
        "the certificate lies in another region",
        "A load balancer takes certificates of its own region only.",
        "Use a certificate of the region.",
        "https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html",
        _client(
            f"domain: {{name: shop.example.com, certificate_arn: '{_ARN % 'us-east-1'}'}}",
            f"domain: {{name: shop.example.com, certificate_arn: '{_ARN % 'eu-west-1'}'}}",
        ),
        _certificate,
    ),
    Rule(
        "schedule-order",
        "the schedule ends before it begins",
        "The environment would never be awake.",
        "Let it end later on the same day.",
        "tierctl/model/environment.py: Schedule",
        _client(
            "schedule: {days: [mon], start: '19:00', stop: '08:00'}",
            "schedule: {days: [mon], start: '08:00', stop: '19:00'}",
        ),
        _schedule_order,
    ),
    Rule(
        "schedule-under-promise",
        "office hours stand under a promise",
        "Outside of them no task runs, and users find nothing.",
        "Keep office hours for environments that say what they lack, such as staging.",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-schedulescaling.html",
        _client(
            "schedule: {days: [mon], start: '08:00', stop: '19:00'}",
            "environments: {staging: {schedule: {days: [mon], start: '08:00', stop: '19:00'}}}",
        ),
        _schedule_promise,
        Severity.WARNING,
    ),
    Rule(
        "schedule-database-awake",
        "the database stays awake while the tasks sleep",
        "Most of what a small environment costs at night is its database.",
        "Let the least capacity be 0 where the environment sleeps.",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
        "aurora-serverless-v2-auto-pause.html",
        _client(
            "environments: {staging: {schedule: {days: [mon], start: '08:00', stop: '19:00'}}}",
            "environments: {staging: {schedule: {days: [mon], start: '08:00', stop: '19:00'}, "
            "families: {database: {min_acu: 0}}}}",
        ),
        _schedule_database,
        Severity.NOTE,
    ),
)
