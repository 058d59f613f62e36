"""The CDK's context as a Request: `cdk deploy -c tier=medium -c environment=production`.

In: the context's keys and values, all texts. Out: a Request. A key that means nothing here is
an error: `-c teir=medium` must not deploy anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.config.resolve import DEFAULT_ENVIRONMENT, Request
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, listing, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS = ("tier", "client", "environment", "region")
IMAGE = "image."


def request_of_context(context: Mapping[str, object]) -> Request:
    """The Request a context makes.

    Keys with ':', '@' or '/' in them are the CDK's own (feature flags, look-ups) and passed by.

    Raises:
        InvalidConfigurationError: A key is not known, or a value is no text.
    """
    own = {k: v for k, v in context.items() if not any(mark in k for mark in ":@/")}
    problems: list[Diagnostic] = []
    for key, value in own.items():
        if key not in KEYS and not (key.startswith(IMAGE) and key != IMAGE):
            problems.append(
                Diagnostic(
                    "unknown-context-key",
                    "a context key is not known",
                    f"'{key}' means nothing. Known are {listing(KEYS)}, and image.<service>.",
                    "Correct or remove it.",
                    suggestion=nearest(key, KEYS),
                )
            )
        elif not isinstance(value, str) or not value:
            problems.append(
                Diagnostic(
                    "wrong-context-value",
                    "a context value is not a text",
                    f"'{key}' is {value!r}.",
                    f"Give it as -c {key}=VALUE.",
                )
            )
    if problems:
        raise InvalidConfigurationError(problems)
    texts = {key: str(value) for key, value in own.items()}
    return Request(
        tier=texts.get("tier"),
        client=texts.get("client"),
        environment=texts.get("environment", DEFAULT_ENVIRONMENT),
        region=texts.get("region"),
        images={k.removeprefix(IMAGE): v for k, v in texts.items() if k.startswith(IMAGE)},
    )
