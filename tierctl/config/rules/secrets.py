"""Rules against secrets in plain text: in variables and commands. Messages never repeat them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tierctl.config.rules.rule import Example, Problem, Rule, Subject

_SOURCE = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html"
)
_NAME = re.compile(
    r"(?i)(^|[_.-])(pass(word|wd|phrase)?|secret(_?key)?|tokens?|api_?key|private_?key|"
    r"access_?key|credentials?)$"
)
_HARMLESS = re.compile(r"(?i)(true|false|none|null|\d{0,6}|/\S+|arn:aws\S+)")
_VALUES = (
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"), "an AWS access key id"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@"), "a URL with a password"),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bxox[bp]-[A-Za-z0-9-]{10,}"), "an access token"),
    (re.compile(r"\bsk_live_[A-Za-z0-9]{10,}|\bsk-[A-Za-z0-9]{20,}"), "an API key"),
)
_WEB = (
    "tier: minimum\nregion: eu-west-1\napplication:\n  cache_client: cluster\n  services:\n"
    "    web:\n      image: public.ecr.aws/nginx/nginx:1.29\n      port: 80\n"
    "      health_check_path: /\n      "
)


def _looks_secret(name: str, value: str) -> str | None:
    """What a value looks like, when it looks like a secret."""
    for pattern, kind in _VALUES:
        if pattern.search(value):
            return kind
    if _NAME.search(name) and value and not _HARMLESS.fullmatch(value):
        return "a secret by its name"
    return None


def _plain_secrets(subject: Subject) -> Iterator[Problem]:
    """Secrets among variables and command words."""
    for contract in subject.application.services if subject.application else ():
        path = f"application.services.{contract.name}"
        for name, value in contract.variables:
            kind = _looks_secret(name, value)
            if kind:
                yield Problem(
                    subject.place(f"{path}.variables.{name}", f"{path}.variables"),
                    f"'variables.{name}' of service '{contract.name}' looks like {kind}.",
                    f"Put it into Secrets Manager and name it under 'secrets: {{{name}: "
                    "<secret name>}}'. If it was committed, change it.",
                )
        for word in (*contract.command, *contract.health_check_command):
            kind = _looks_secret("", word)
            if kind:
                yield Problem(
                    subject.place(f"{path}.command", f"{path}.health_check_command"),
                    f"A word of the command of service '{contract.name}' looks like {kind}.",
                    "Pass it by a variable under 'secrets'. If it was committed, change it.",
                )


RULES = (
    Rule(
        "secret-in-plain-text",
        "a secret is written in plain text",
        "It would be readable in the repository, the template, the console and the task.",
        "Put it into Secrets Manager and name it under 'secrets'.",
        _SOURCE,
        Example(
            "clients/example.yaml",
            _WEB + "variables: {STRIPE_API_KEY: not-a-real-key}\n",
            _WEB + "secrets: {STRIPE_API_KEY: shop/stripe}\n",
        ),
        _plain_secrets,
    ),
)
