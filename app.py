"""The CDK program: context to Environment to one stack to its template.

`cdk deploy -c tier=medium` runs it; so does
`CDK_OUTDIR=DIR CDK_CONTEXT_JSON='{"tier":"medium"}' python app.py`, without the cdk CLI.
"""

import json
import os
import sys
from pathlib import Path

# jsii reads it while aws_cdk is imported: without it eleven lines about Node 20, each time
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

import aws_cdk as cdk

from stacks.environment import EnvironmentStack
from tierctl.config.context import request_of_context
from tierctl.config.project import Project
from tierctl.config.resolve import resolve
from tierctl.model.diagnostics import InvalidConfigurationError, render

folder = Path(__file__).resolve().parent
try:
    given = json.loads(os.environ.get("CDK_CONTEXT_JSON") or "{}")
    resolution = resolve(Project(folder), request_of_context(given), os.environ)
except InvalidConfigurationError as error:
    sys.exit("\n".join(render(diagnostic) for diagnostic in error.diagnostics))
# the feature flags of cdk.json, so that the template is the same with and without the CLI
flags = json.loads((folder / "cdk.json").read_text(encoding="utf-8"))["context"]
app = cdk.App(analytics_reporting=False, tree_metadata=False, context=flags)
EnvironmentStack(app, resolution.environment)
app.synth()
