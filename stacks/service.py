"""The services: one ECS cluster, and for each service a Fargate service that really rolls.

100 % healthy at the least and 200 % at the most, a circuit breaker that rolls back, a grace
period, no DesiredCount beside autoscaling, a capacity provider strategy and never a LaunchType.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as discovery

from stacks.permissions import execution_role, secret_arn, task_role

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_logs as logs

    from stacks.parts import Parts
    from tierctl.model.environment import Environment, ServiceContract
    from tierctl.model.shapes import ServiceShape

GRACE_S = 60
_VOLUME = "files"
_task = ecs.CfnTaskDefinition
_service = ecs.CfnService


class Services:
    """The cluster and everything that runs in it."""

    def __init__(self, stack: Stack, environment: Environment, parts: Parts) -> None:
        self._stack = stack
        self._environment = environment
        self._parts = parts
        name = environment.identity.stack_name
        insights = "enabled" if environment.observability.container_insights else "disabled"
        self.cluster = ecs.CfnCluster(
            stack,
            "Cluster",
            cluster_name=name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            cluster_settings=[
                ecs.CfnCluster.ClusterSettingsProperty(name="containerInsights", value=insights)
            ],
        )
        self._namespace = discovery.CfnPrivateDnsNamespace(
            stack, "Namespace", name=f"{name}.internal", vpc=parts.network.vpc_id
        )
        self.audit_log = parts.observability.audit_log()
        self.security_groups = {
            c.name: parts.network.security_group(self._id(c), f"Service {c.name}", egress=True)
            for c in environment.application.services
        }
        self._connect()
        for contract in environment.application.services:
            self._run(contract)

    def _id(self, contract: ServiceContract) -> str:
        """The service's name as the start of a logical id."""
        return contract.name.title().replace("-", "")

    def _connect(self) -> None:
        """Who may reach whom: the balancer the public services, services each other and stores."""
        parts, contracts = self._parts, self._environment.application.services
        for contract in contracts:
            name, own = self._id(contract), self.security_groups[contract.name]
            if contract.paths:
                parts.network.let_in(
                    f"{name}FromBalancer",
                    own,
                    contract.port,
                    parts.loadbalancer.security_group,
                    "Load balancer",
                )
            for other in contracts:
                if other is not contract:
                    parts.network.let_in(
                        f"{name}From{self._id(other)}",
                        own,
                        contract.port,
                        self.security_groups[other.name],
                        f"Service {other.name}",
                    )
            for store, group, port in parts.stores():
                parts.network.let_in(
                    f"{store}From{name}", group, port, own, f"Service {contract.name}"
                )

    def _run(self, contract: ServiceContract) -> None:
        """One service: where it logs, what it is, how it runs, how it scales."""
        name = self._id(contract)
        log_group = self._parts.observability.service_log(f"{name}Logs", contract.name)
        task = self._task_definition(contract, log_group)
        service = self._fargate(contract, task)
        self._scale(contract, service)

    def _task_definition(
        self, contract: ServiceContract, log_group: logs.CfnLogGroup
    ) -> ecs.CfnTaskDefinition:
        """A revision of the task; CloudFormation replaces it, ECS rolls the service over to it."""
        shape = self._environment.service(contract.name)
        name = self._id(contract)
        return _task(
            self._stack,
            f"{name}Task",
            family=f"{self._environment.identity.stack_name}-{contract.name}",
            cpu=str(shape.cpu),
            memory=str(shape.memory_mib),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform=_task.RuntimePlatformProperty(
                cpu_architecture=shape.architecture, operating_system_family="LINUX"
            ),
            execution_role_arn=execution_role(self._stack, name, contract, log_group, self._parts),
            task_role_arn=task_role(self._stack, name, contract, self.audit_log, self._parts),
            container_definitions=[self._container(contract, log_group)],
            volumes=self._volumes(contract),
        )

    def _container(
        self, contract: ServiceContract, log_group: logs.CfnLogGroup
    ) -> ecs.CfnTaskDefinition.ContainerDefinitionProperty:
        """The one container of the task: no proxy beside it."""
        shape = self._environment.service(contract.name)
        variables = {
            **self._parts.variables(),
            **self._neighbours(contract),
            "AUDIT_LOG_GROUP": self.audit_log.ref,
            "DB_POOL_MAX": str(shape.db_pool_max),
            "RETRY_ATTEMPTS": str(shape.retry_attempts),
            "HEALTH_CHECK_INTERVAL_S": str(shape.health_check_interval_s),
            **({"STORAGE_PATH": contract.mount_path} if contract.mount_path else {}),
            **dict(contract.variables),
        }
        own = {name: secret_arn(self._stack, value) for name, value in contract.secrets}
        secrets = {"DATABASE_SECRET": self._parts.database.secret.ref, **own}
        probe = shape.health_check_interval_s
        return _task.ContainerDefinitionProperty(
            name=contract.name,
            image=contract.image,
            essential=True,
            command=list(contract.command) or None,
            port_mappings=[
                _task.PortMappingProperty(
                    container_port=contract.port, protocol="tcp", name=contract.name
                )
            ],
            environment=[
                _task.KeyValuePairProperty(name=key, value=value)
                for key, value in sorted(variables.items())
            ],
            secrets=[
                _task.SecretProperty(name=key, value_from=value)
                for key, value in sorted(secrets.items())
            ],
            log_configuration=_task.LogConfigurationProperty(
                log_driver="awslogs",
                options={
                    "awslogs-group": log_group.ref,
                    "awslogs-region": self._stack.region,
                    "awslogs-stream-prefix": contract.name,
                },
            ),
            health_check=_task.HealthCheckProperty(
                command=list(contract.health_check_command),
                interval=probe,
                timeout=5,
                retries=3,
                start_period=GRACE_S,
            )
            if contract.health_check_command
            else None,
            mount_points=[
                _task.MountPointProperty(
                    source_volume=_VOLUME, container_path=contract.mount_path, read_only=False
                )
            ]
            if contract.mount_path
            else None,
            # hands signals on and reaps children, so that SIGTERM ends a task in good order
            linux_parameters=_task.LinuxParametersProperty(init_process_enabled=True),
            stop_timeout=60,
        )

    def _neighbours(self, contract: ServiceContract) -> dict[str, str]:
        """Where the other services answer, by a name that no task has to be told anew."""
        suffix = f"{self._environment.identity.stack_name}.internal"
        return {
            f"{other.name.upper().replace('-', '_')}_URL": f"http://{other.name}.{suffix}:{other.port}"
            for other in self._environment.application.services
            if other is not contract
        }

    def _volumes(self, contract: ServiceContract) -> list[ecs.CfnTaskDefinition.VolumeProperty]:
        """The file system, for a service that mounts it."""
        if contract.mount_path is None:
            return []
        return [
            _task.VolumeProperty(
                name=_VOLUME,
                efs_volume_configuration=_task.EFSVolumeConfigurationProperty(
                    filesystem_id=self._parts.filesystem.id,
                    transit_encryption="ENABLED",
                    authorization_config=_task.AuthorizationConfigProperty(
                        access_point_id=self._parts.filesystem.access_point.ref, iam="ENABLED"
                    ),
                ),
            )
        ]

    def _fargate(self, contract: ServiceContract, task: ecs.CfnTaskDefinition) -> ecs.CfnService:
        """The service."""
        parts, name = self._parts, self._id(contract)
        shape = self._environment.service(contract.name)
        target = parts.loadbalancer.targets.get(contract.name)
        service = _service(
            self._stack,
            f"{name}Service",
            service_name=contract.name,
            cluster=self.cluster.ref,
            task_definition=task.ref,
            capacity_provider_strategy=[
                _service.CapacityProviderStrategyItemProperty(
                    capacity_provider=shape.capacity, weight=1, base=0
                )
            ],
            platform_version="1.4.0",
            scheduling_strategy="REPLICA",
            deployment_configuration=_service.DeploymentConfigurationProperty(
                minimum_healthy_percent=100,
                maximum_percent=200,
                deployment_circuit_breaker=_service.DeploymentCircuitBreakerProperty(
                    enable=True, rollback=True
                ),
            ),
            health_check_grace_period_seconds=GRACE_S if target else None,
            enable_ecs_managed_tags=True,
            enable_execute_command=False,
            propagate_tags="SERVICE",
            network_configuration=_service.NetworkConfigurationProperty(
                awsvpc_configuration=_service.AwsVpcConfigurationProperty(
                    assign_public_ip="DISABLED",
                    subnets=parts.network.private,
                    security_groups=[self.security_groups[contract.name]],
                )
            ),
            load_balancers=[
                _service.LoadBalancerProperty(
                    container_name=contract.name,
                    container_port=contract.port,
                    target_group_arn=target.ref,
                )
            ]
            if target
            else None,
            service_registries=[
                _service.ServiceRegistryProperty(registry_arn=self._register(contract))
            ],
        )
        for needed in (*parts.network.egress, *parts.before_services(contract)):
            service.node.add_dependency(needed)
        return service

    def _register(self, contract: ServiceContract) -> str:
        """The service's name inside the network."""
        entry = discovery.CfnService(
            self._stack,
            f"{self._id(contract)}Name",
            name=contract.name,
            namespace_id=self._namespace.ref,
            dns_config=discovery.CfnService.DnsConfigProperty(
                dns_records=[discovery.CfnService.DnsRecordProperty(type="A", ttl=10)],
                routing_policy="MULTIVALUE",
            ),
            health_check_custom_config=discovery.CfnService.HealthCheckCustomConfigProperty(
                failure_threshold=1
            ),
        )
        return entry.attr_arn

    def _nights(
        self, shape: ServiceShape
    ) -> list[scaling.CfnScalableTarget.ScheduledActionProperty] | None:
        """Stop and start by the clock, where the environment has office hours."""
        schedule = self._environment.schedule
        if schedule is None:
            return None
        action = scaling.CfnScalableTarget.ScheduledActionProperty
        bounds = scaling.CfnScalableTarget.ScalableTargetActionProperty
        days = ",".join(day.upper() for day in schedule.days)
        awake = bounds(min_capacity=shape.min_tasks, max_capacity=shape.max_tasks)
        asleep = bounds(min_capacity=0, max_capacity=0)
        return [
            action(
                scheduled_action_name=name,
                schedule=f"cron({int(minute)} {int(hour)} ? * {days} *)",
                timezone=schedule.timezone,
                scalable_target_action=tasks,
            )
            for name, (hour, _, minute), tasks in (
                ("start", schedule.start.partition(":"), awake),
                ("stop", schedule.stop.partition(":"), asleep),
            )
        ]

    def _scale(self, contract: ServiceContract, service: ecs.CfnService) -> None:
        """Task count by CPU and memory, within the Shape's range."""
        shape = self._environment.service(contract.name)
        name = self._id(contract)
        target = scaling.CfnScalableTarget(
            self._stack,
            f"{name}Scaling",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{self._environment.identity.stack_name}/{contract.name}",
            min_capacity=shape.min_tasks,
            max_capacity=shape.max_tasks,
            scheduled_actions=self._nights(shape),
        )
        target.add_resource_dependency(service)
        metrics: dict[str, Any] = {
            "Cpu": ("ECSServiceAverageCPUUtilization", shape.cpu_target_percent),
            "Memory": ("ECSServiceAverageMemoryUtilization", 75),
        }
        policy = scaling.CfnScalingPolicy
        for kind, (metric, percent) in metrics.items():
            policy(
                self._stack,
                f"{name}ScalingBy{kind}",
                policy_name=f"{contract.name}-{kind.lower()}",
                policy_type="TargetTrackingScaling",
                scaling_target_id=target.ref,
                target_tracking_scaling_policy_configuration=policy.TargetTrackingScalingPolicyConfigurationProperty(
                    predefined_metric_specification=policy.PredefinedMetricSpecificationProperty(
                        predefined_metric_type=metric
                    ),
                    target_value=percent,
                    scale_in_cooldown=120,
                    scale_out_cooldown=60,
                ),
            )
