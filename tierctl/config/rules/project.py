"""Rules between the files of a project: names, 'extends', references, records."""

from __future__ import annotations

from collections.abc import Iterator

from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import listing, nearest

_HERE = "DESIGN: tiers extend tiers, clients overlay them, records hold what was deployed"
_SERVICE = (
    "application:\n  cache_client: cluster\n  services:\n    web:\n"
    "      image: public.ecr.aws/nginx/nginx:1.29\n      port: 80\n      health_check_path: /\n"
)


def _client(text: str) -> str:
    """A client's file with the least an application needs."""
    return f"region: eu-west-1\n{text}\n{_SERVICE}"


def _unsized(subject: Subject) -> Iterator[Problem]:
    """Sizes for services that the application does not have."""
    if subject.application is None:
        return
    known = [contract.name for contract in subject.application.services]
    for name, place in subject.named_services:
        if name not in known and place.file == subject.client.file:
            yield Problem(
                place,
                f"'families.service' sizes '{name}'; the application has {listing(known)}.",
                "Name a service of 'application.services'.",
                nearest(name, known),
            )


RULES = (
    Rule(
        "project-not-found",
        "there is no project here",
        "Tiers, clients and records are read from the project's folder.",
        "Run this in a checkout, or name one with --project.",
        _HERE,
        Example("README.md", "# no tiers here\n", "", "(a folder without 'tiers')"),
    ),
    Rule(
        "file-unreadable",
        "a file cannot be read",
        "A file that cannot be read cannot be checked.",
        "Check the name and the file's permissions.",
        _HERE,
        Example("tiers/example.yaml", "", "extends: minimum\n", "(a name that is a folder)"),
    ),
    Rule(
        "file-name",
        "a file's name is no name",
        "The name becomes part of stack, cache and database names, which AWS restricts.",
        "Use small letters, digits and hyphens, a letter first.",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/"
        "API_CreateReplicationGroup.html",
        Example("tiers/My Tier.yaml", "extends: minimum\n", "extends: minimum\n"),
    ),
    Rule(
        "extends-cycle",
        "tiers extend one another in a circle",
        "A circle has no beginning from which values could come.",
        "Break the circle: one of them must stand alone.",
        _HERE,
        Example(
            "tiers/example.yaml",
            "extends: other\n",
            "extends: minimum\n",
            others=(("tiers/other.yaml", "extends: example\n"),),
        ),
    ),
    Rule(
        "unknown-tier",
        "the tier is not known",
        "Nothing can be built on a tier that does not exist.",
        "Name a file of tiers/ or one of its aliases.",
        _HERE,
        Example("tiers/example.yaml", "extends: minimun\n", "extends: minimum\n"),
    ),
    Rule(
        "unknown-client",
        "the client is not known",
        "A misspelt client would be deployed as somebody else.",
        "Name a file of clients/.",
        _HERE,
        Example(
            "environments/acmee-staging.yaml",
            "client: acmee\nenvironment: staging\ntier: minimum\n",
            "client: acme\nenvironment: staging\ntier: minimum\n",
        ),
    ),
    Rule(
        "unknown-environment",
        "the environment is not known",
        "An environment takes its sizes from the tier's own block or from one it inherits.",
        "Use one that is declared, or declare it with 'inherits'.",
        _HERE,
        Example(
            "clients/example.yaml",
            _client("tier: minimum\nenvironments:\n  demo: {inherits: stagging}"),
            _client("tier: minimum\nenvironments:\n  demo: {inherits: staging}"),
        ),
    ),
    Rule(
        "alias-taken",
        "two tiers answer to one name",
        "Which of them is meant would depend on the order of the files.",
        "Give the alias to one of them.",
        _HERE,
        Example(
            "tiers/example.yaml",
            "extends: minimum\naliases: [startup]\n",
            "extends: minimum\naliases: [seed]\n",
        ),
    ),
    Rule(
        "tier-not-given",
        "no tier is given",
        "A silent default would one day change the size of a production system.",
        "Give one by argument, variable, client file or 'tierctl select'.",
        _HERE,
        Example("(command line)", "tierctl show\n", "tierctl show medium\n"),
    ),
    Rule(
        "unknown-context-key",
        "a context key is not known",
        "A misspelt key of 'cdk deploy -c' would be dropped in silence.",
        "Correct or remove the key.",
        "https://docs.aws.amazon.com/cdk/v2/guide/context.html",
        Example("(command line)", "cdk synth -c teir=medium\n", "cdk synth -c tier=medium\n"),
    ),
    Rule(
        "wrong-context-value",
        "a context value is not a text",
        "A context file may hold numbers and lists; tiers and regions are words.",
        "Give it as -c KEY=VALUE.",
        "https://docs.aws.amazon.com/cdk/v2/guide/context.html",
        Example("(command line)", "cdk synth -c tier=\n", "cdk synth -c tier=medium\n"),
    ),
    Rule(
        "tier-change-without-plan",
        "a deployed environment would change its tier",
        "One deployment cannot make this change safely; a plan makes it in steps.",
        "Run the 'tierctl plan' command the message prints.",
        _HERE,
        Example(
            "(command line)",
            "# environments/acme-staging.yaml says 'tier: minimum'\n"
            "tierctl show medium --client acme\n",
            "tierctl plan --to medium --client acme --environment staging -o plan.json\n",
        ),
    ),
    Rule(
        "region-recorded",
        "a deployed environment would change its region",
        "Nothing can move to another region in place: a second, empty environment would arise.",
        "Leave --region out, or deploy a new environment under another name.",
        _HERE,
        Example(
            "(command line)",
            "# environments/acme-staging.yaml says 'region: eu-west-1'\n"
            "tierctl show --client acme --region us-east-1\n",
            "tierctl show --client acme\n",
        ),
    ),
    Rule(
        "record-mismatch",
        "a record's name and content disagree",
        "A record that was copied by hand would change another client's environment.",
        "Let the file's name be <client>-<environment>.yaml with the values inside it.",
        _HERE,
        Example(
            "environments/acme-staging.yaml",
            "client: other\nenvironment: staging\ntier: minimum\n",
            "client: acme\nenvironment: staging\ntier: minimum\n",
        ),
    ),
    Rule(
        "document-unknown",
        "the document is of no known kind",
        "Only documents with a 'kind' and a 'format_version' of ours can be checked.",
        "Name a tier, client or record file, a document of tierctl's, or use --template.",
        _HERE,
        Example("plan.json", '{"hello": "world"}\n', '{"kind": "environment"}\n'),
    ),
    Rule(
        "document-invalid",
        "the document does not fit its kind",
        "A document that was changed by hand may no longer mean what it says.",
        "Write it anew with the command that made it.",
        _HERE,
        Example("plan.json", '{"kind": "environment", "format_version": 1}\n', ""),
    ),
    Rule(
        "unknown-service",
        "a size or image is given for a service that does not exist",
        "The size would be dropped in silence and the service keep the tier's.",
        "Name a service of the application.",
        _HERE,
        Example(
            "clients/example.yaml",
            _client("tier: minimum\nfamilies: {service: {wev: {max_tasks: 3}}}"),
            _client("tier: minimum\nfamilies: {service: {web: {max_tasks: 3}}}"),
        ),
        _unsized,
    ),
    Rule(
        "service-without-shape",
        "a service has no size",
        "The tiers size 'web' and 'backend'; any other service needs a size of its own.",
        "Add its size under 'families.service'.",
        _HERE,
        Example(
            "clients/example.yaml",
            _client("tier: minimum").replace("    web:\n", "    shop:\n"),
            _client("tier: minimum"),
        ),
    ),
    Rule(
        "zones-unknown",
        "the zones of the region are not known",
        "Zones are fixed when an environment is born and are never looked up.",
        "Use a region that is known, or name three zones with 'zones:'.",
        "https://docs.aws.amazon.com/global-infrastructure/latest/regions/"
        "aws-availability-zones.html",
        Example(
            "clients/example.yaml",
            _client("tier: minimum").replace("eu-west-1", "eu-west-9"),
            _client("tier: minimum"),
        ),
    ),
)
