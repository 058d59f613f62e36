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
from tierctl.config.context import environment_of_context
from tierctl.config.project import Project
from tierctl.model.diagnostics import InvalidConfigurationError, render

folder = Path(__file__).resolve().parent
try:
    given = json.loads(os.environ.get("CDK_CONTEXT_JSON") or "{}")
    environment = environment_of_context(Project(folder), given, os.environ)
except InvalidConfigurationError as error:
    sys.exit("\n".join(render(diagnostic) for diagnostic in error.diagnostics))
# the feature flags of cdk.json, so that the template is the same with and without the CLI
flags = json.loads((folder / "cdk.json").read_text(encoding="utf-8"))["context"]
app = cdk.App(analytics_reporting=False, tree_metadata=False, context=flags)
EnvironmentStack(app, environment)
app.synth()
