"""The stacks of one account and region, and the rules for finding them.

In: names and ARNs as requests carry them. Out: stacks and change sets, or AWS's errors. Also
builds a `Deployment` from a request, which every create, update and change set begins with.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from tierctl.sandbox.cloudformation.calls import ProvisionError
from tierctl.sandbox.cloudformation.evaluation import Evaluation, Surroundings
from tierctl.sandbox.cloudformation.parameters import check_rules, settle
from tierctl.sandbox.cloudformation.provision import Provisioner
from tierctl.sandbox.cloudformation.stacks import ChangeSet, Deployment, Resource, Stack
from tierctl.sandbox.cloudformation.template import Template, read_template
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from tierctl.sandbox.clock import Clock

IAM_TYPES = ("AWS::IAM::",)
NAMED_IAM = ("RoleName", "PolicyName", "ManagedPolicyName", "UserName", "GroupName")
INLINE_LIMIT = 51_200
UNUSABLE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED",
            "CREATE_FAILED")  # fmt: skip


class Store:
    """Every stack, by id; live ones also by name."""

    def __init__(self, provisioner: Provisioner, clock: Clock) -> None:
        self.provisioner = provisioner
        self.clock = clock
        self.stacks: dict[str, Stack] = {}
        self.around = Surroundings(self.exports, self.zones, self.attribute)
        self._zones: dict[str, list[str]] = {}

    def new(self, name: str, status: str) -> Stack:
        """Make an empty stack."""
        region, account = self.provisioner.region, self.provisioner.account
        stack_id = f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"
        stack = Stack(stack_id, name, region, account, status, self.clock.now())
        self.stacks[stack_id] = stack
        return stack

    def find(self, name: str) -> Stack:
        """Return a stack by name (live ones) or id (deleted ones too)."""
        if name in self.stacks:
            return self.stacks[name]
        for stack in list(self.stacks.values()):
            if stack.name == name and stack.is_live:
                return stack
        raise ApiError("ValidationError", f"Stack with id {name} does not exist")

    def find_live(self, name: str) -> Stack | None:
        """Return a live stack by name or id, None when there is none."""
        try:
            stack = self.find(name)
        except ApiError:
            return None
        return stack if stack.is_live else None

    def find_change_set(self, name: str, stack_name: str | None) -> tuple[Stack, ChangeSet]:
        """Return a change set by ARN, or by its name within a stack."""
        if name.startswith("arn:"):
            for stack in list(self.stacks.values()):
                if name in stack.change_sets:
                    return stack, stack.change_sets[name]
        elif stack_name is None:
            raise ApiError(
                "ValidationError",
                "StackName must be specified if ChangeSetName is not specified as an ARN.",
            )
        else:
            stack = self.find(stack_name)
            for change_set in reversed(list(stack.change_sets.values())):
                if change_set.name == name:
                    return stack, change_set
        raise ApiError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")

    def updatable(self, stack: Stack) -> None:
        """Refuse an update of a stack that is busy or stuck."""
        if stack.is_busy or stack.status in UNUSABLE:
            raise ApiError(
                "ValidationError",
                f"Stack:{stack.id} is in {stack.status} state and can not be updated.",
            )

    def exports(self) -> dict[str, str]:
        """Return every export by name."""
        return {
            output["ExportName"]: output["Value"]
            for stack in list(self.stacks.values())
            if stack.is_live
            for output in stack.outputs.values()
            if "ExportName" in output
        }

    def importers(self, export: str, owner: Stack) -> str | None:
        """Return the name of a stack that imports an export of another, or None."""
        for stack in list(self.stacks.values()):
            if stack is not owner and stack.is_live and export in stack.imports:
                return stack.name
        return None

    def zones(self, region: str) -> list[str]:
        """Return a region's availability zones."""
        if region not in self._zones:
            answer = self.provisioner.client("ec2").describe_availability_zones()
            self._zones[region] = [z["ZoneName"] for z in answer["AvailabilityZones"]]
        return self._zones[region]

    def attribute(self, stack: Stack, resource: Resource, name: str) -> Any:
        """Return a resource's attribute, asked for once between two changes of it."""
        if name not in resource.attributes:
            try:
                value = self.provisioner.attribute(
                    stack.identity(resource.declared), resource.made, resource.properties, name
                )
            except ProvisionError as error:
                raise ApiError("ValidationError", error.reason) from error
            if value is None:
                raise ApiError(
                    "ValidationError",
                    f"Attribute '{name}' does not exist: {resource.logical_id} ({resource.type})"
                    " has no such attribute now",
                )
            resource.attributes[name] = value
        return resource.attributes[name]

    def template(self, params: dict[str, Any], stack: Stack | None = None) -> Template:
        """Return the template a request means: its body, its URL or the previous one."""
        if params.get("UsePreviousTemplate"):
            if stack is None or stack.deployment is None:
                raise ApiError("ValidationError", "There is no previous template.")
            return stack.deployment.template
        if body := params.get("TemplateBody"):
            if len(body.encode()) > INLINE_LIMIT:
                raise ApiError(
                    "ValidationError",
                    f"1 validation error detected: Value at 'templateBody' failed to satisfy "
                    f"constraint: Member must have length less than or equal to {INLINE_LIMIT}",
                )
            return read_template(body)
        if url := params.get("TemplateURL"):
            return read_template(self._fetched(url))
        raise ApiError("ValidationError", "Either Template URL or Template Body must be specified.")

    def _fetched(self, url: str) -> str:
        """Read an object of this sandbox's S3, in path style or virtual-host style."""
        parsed = urlparse(url)
        host, path = parsed.hostname or "", unquote(parsed.path.lstrip("/"))
        if ".s3" in host and not host.startswith("s3"):
            bucket, key = host.split(".s3", 1)[0], path
        else:
            bucket, _, key = path.partition("/")
        if host.endswith(".localhost"):
            bucket, key = host.removesuffix(".localhost"), path
        try:
            answer = self.provisioner.client("s3").get_object(Bucket=bucket, Key=key)
        except Exception as error:
            raise ApiError("ValidationError", f"S3 error: {error} ({url})") from error
        return str(answer["Body"].read().decode())

    def deployment(self, params: dict[str, Any], stack: Stack) -> Deployment:
        """Build and check the deployment a request asks for."""
        template = self.template(params, stack)
        previous = stack.deployment.parameters if stack.deployment else {}
        given, resolved = settle(
            template, params.get("Parameters") or [], previous, self.provisioner.client("ssm")
        )
        tags = params.get("Tags")
        kept = stack.deployment.tags if stack.deployment else {}
        deployment = Deployment(
            template=template,
            parameters=given,
            resolved_parameters=resolved,
            tags={t["Key"]: t["Value"] for t in tags} if tags is not None else kept,
            capabilities=tuple(params.get("Capabilities") or ()),
            description=template.body.get("Description"),
        )
        _check_capabilities(deployment)
        evaluation = Evaluation(stack, deployment, self.around, planning=True)
        check_rules(template, evaluation)
        _ = evaluation.order  # circular dependencies are found here
        moved = [
            name
            for name, declared in evaluation.active.items()
            if name in stack.resources and stack.resources[name].type != declared.type
        ]
        if moved:
            raise ApiError(
                "ValidationError",
                "Update of resource type is not permitted. The new template modifies resource type"
                f" of the following resources: [{', '.join(sorted(moved))}]",
            )
        return deployment


def _check_capabilities(deployment: Deployment) -> None:
    """Refuse IAM resources that were not acknowledged."""
    iam = [
        declared
        for declared in deployment.template.resources.values()
        if declared.type.startswith(IAM_TYPES)
    ]
    named = any(key in declared.properties for declared in iam for key in NAMED_IAM
                if declared.type != "AWS::IAM::Policy")  # fmt: skip
    needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"
    accepted = {needed, "CAPABILITY_NAMED_IAM"}
    if iam and not accepted & set(deployment.capabilities):
        raise ApiError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")
