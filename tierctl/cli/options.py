"""Options that many commands share, spelled and explained the same way everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., Any])


def form_option(*forms: str) -> Callable[[F], F]:
    """`--format`, with text first."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        envvar="TIERCTL_FORMAT",
        help="Form of the answer.",
    )


def output_option(command: F) -> F:
    """`-o`, opened last."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write the answer to this file instead of stdout.",
    )(command)


def client_option(command: F) -> F:
    """`--client`; its variable is read with the rest of the precedence, not by click."""
    return click.option(
        "--client",
        shell_complete=complete_client,
        help="The client, by its file in clients/.  [env: TIERCTL_CLIENT, CLIENT_DOMAIN]",
    )(command)


def environment_option(default: str) -> Callable[[F], F]:
    """`--environment`."""
    return click.option(
        "--environment",
        default=default,
        show_default=True,
        envvar="TIERCTL_ENVIRONMENT",
        show_envvar=True,
        shell_complete=complete_environment,
        help="The environment.",
    )


def region_option(command: F) -> F:
    """`--region`."""
    return click.option(
        "--region",
        envvar="TIERCTL_REGION",
        show_envvar=True,
        shell_complete=complete_region,
        help="Another region than the client's file says.",
    )(command)


def parameter_values(given: tuple[str, ...]) -> dict[str, str]:
    """Values of `--parameter NAME=VALUE`.

    Raises:
        click.UsageError: One of them is no pair.
    """
    values = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not name or not equals:
            raise click.UsageError(f"--parameter {item!r} is not NAME=VALUE.")
        values[name] = value
    return values


def complete_tier(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Tiers and their aliases, for the shell. Whatever is wrong, nothing is printed."""
    from tierctl.config.layers import aliases

    project = _project(ctx)
    del param
    if project is None:
        return []
    return [n for n in (*project.names("tiers"), *aliases(project)) if n.startswith(incomplete)]


def complete_client(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Clients, for the shell."""
    del param
    project = _project(ctx)
    return [n for n in project.names("clients") if n.startswith(incomplete)] if project else []


def complete_environment(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Environments that tiers and clients declare, for the shell."""
    from tierctl.config.nodes import Mapping

    del param
    project = _project(ctx)
    names: dict[str, None] = {}
    for kind in ("tiers", "clients") if project else ():
        for name in project.names(kind) if project else ():
            root, _ = project.read(project.path(kind, name)) if project else (None, None)
            declared = root.get("environments") if root else None
            if isinstance(declared, Mapping):
                names |= dict.fromkeys(declared.names)
    return [name for name in names if name.startswith(incomplete)]


def complete_region(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Regions we know the zones of, for the shell."""
    from tierctl.catalog.limits import limits

    del ctx, param
    return [name for name in limits("regions")["zones"] if name.startswith(incomplete)]


def _project(ctx: click.Context) -> Any:
    """The project of a completion, or None: a completion never fails."""
    from tierctl.cli.app import App
    from tierctl.config.project import Project
    from tierctl.model.diagnostics import InvalidConfigurationError

    app = ctx.find_object(App)
    folder = ctx.find_root().params.get("project") or (app.start if app else Path.cwd())
    try:
        return Project.find(Path(folder))
    except InvalidConfigurationError:
        return None
