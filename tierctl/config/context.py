"""The CDK's context as an Environment: `cdk deploy -c tier=medium -c environment=production`.

In: the context's keys and values, all texts. Out: the Environment it asks for. A key that means
nothing here is an error: `-c teir=medium` must not deploy anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.config.planned import environment_of_step
from tierctl.config.resolve import DEFAULT_ENVIRONMENT, Request, resolve
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, listing, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tierctl.config.project import Project
    from tierctl.model.environment import Environment

KEYS = ("tier", "client", "environment", "region", "plan", "step")
IMAGE = "image."


def environment_of_context(
    project: Project, context: Mapping[str, object], variables: Mapping[str, str]
) -> Environment:
    """The Environment a context asks for: a tier's, or that of a step of a plan.

    Raises:
        InvalidConfigurationError: With everything that is wrong.
    """
    texts = _texts(context)
    if "plan" not in texts and "step" not in texts:
        return resolve(project, _request(texts), variables).environment
    others = sorted(texts.keys() - {"plan", "step"})
    if texts.keys() != {"plan", "step"}:
        what = f"{', '.join(others)} is given too" if others else "one of the two is missing"
        raise InvalidConfigurationError(
            [
                Diagnostic(
                    "plan-and-step",
                    "a plan goes with a step and nothing else",
                    f"A step's template is made from the plan file alone; {what}.",
                    "Give both and no other key: -c plan=plan.json -c step=1",
                )
            ]
        )
    return environment_of_step(project.folder / texts["plan"], texts["step"])


def _texts(context: Mapping[str, object]) -> dict[str, str]:
    """Our own keys of a context.

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
    return {key: str(value) for key, value in own.items()}


def _request(texts: Mapping[str, str]) -> Request:
    """The Request of a context that names no plan."""
    return Request(
        tier=texts.get("tier"),
        client=texts.get("client"),
        environment=texts.get("environment", DEFAULT_ENVIRONMENT),
        region=texts.get("region"),
        images={k.removeprefix(IMAGE): v for k, v in texts.items() if k.startswith(IMAGE)},
    )
