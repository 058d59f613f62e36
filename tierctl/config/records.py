"""Records: what each deployed environment has become.

In and out: `environments/<client>-<environment>.yaml`. A record holds the tier last reached and
the choices that cannot be taken back (cluster mode, adopted ids, zones, address range, engine
versions), so that a plain `cdk deploy` of the recorded tier changes nothing. No record means a
new environment, which is born in its tier's canonical Shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tierctl.config.decode import Decoder
from tierctl.config.nodes import Mapping, Scalar
from tierctl.model.attributes import Attribute
from tierctl.model.diagnostics import InvalidConfigurationError

if TYPE_CHECKING:
    from tierctl.config.project import Project

RECORD_KEYS = ("client", "environment", "tier", "placement", "families")


@dataclass(frozen=True, slots=True)
class Record:
    """A record's nodes: `families` and `placement` lie on top of tier and client."""

    file: str
    tier: Scalar
    placement: Mapping | None
    families: Mapping | None


def load_record(project: Project, client: str, environment: str) -> Record | None:
    """The record of an environment, or None when it was never deployed.

    Raises:
        InvalidConfigurationError: The file is there and cannot be used.
    """
    path = project.path("environments", f"{client}-{environment}")
    if not path.exists():
        return None
    node, diagnostics = project.read(path)
    if node is None:
        raise InvalidConfigurationError(diagnostics)
    decoder = Decoder(diagnostics)
    decoder.refuse_unknown(node, RECORD_KEYS, "record")
    tier = node.get("tier")
    if not isinstance(tier, Scalar) or not isinstance(tier.value, str):
        decoder.value(str, tier or Scalar(None, "", node.place), "tier", Attribute("The tier."))
        raise InvalidConfigurationError(decoder.diagnostics)
    placement, families = node.get("placement"), node.get("families")
    if decoder.diagnostics:
        raise InvalidConfigurationError(decoder.diagnostics)
    return Record(
        file=project.relative(path),
        tier=tier,
        placement=placement if isinstance(placement, Mapping) else None,
        families=families if isinstance(families, Mapping) else None,
    )
