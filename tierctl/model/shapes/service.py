"""The service family: one ECS service on Fargate."""

from __future__ import annotations

from dataclasses import dataclass

from tierctl.model.attributes import attribute

TASK = "AWS::ECS::TaskDefinition"
SERVICE = "AWS::ECS::Service"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceShape:
    """Task size, task count and how a new version is rolled out."""

    cpu: int = attribute(
        "CPU units of one task; 1024 are one vCPU.",
        choices=("256", "512", "1024", "2048", "4096", "8192", "16384"),
        example="512",
        moves=(f"{TASK}.Cpu",),
    )
    memory_mib: int = attribute(
        "Memory of one task in MiB; only certain pairs with cpu exist.",
        minimum=512,
        maximum=122880,
        example="1024",
        moves=(f"{TASK}.Memory",),
    )
    min_tasks: int = attribute(
        "Fewest tasks.", minimum=0, maximum=5000, example="1", moves=(f"{TARGET}.MinCapacity",)
    )
    max_tasks: int = attribute(
        "Most tasks.", minimum=1, maximum=5000, example="5", moves=(f"{TARGET}.MaxCapacity",)
    )
    capacity: str = attribute(
        "FARGATE, or FARGATE_SPOT, which costs less, may be interrupted with two minutes' "
        "notice and has no fallback.",
        choices=("FARGATE", "FARGATE_SPOT"),
        default="FARGATE",
        moves=(f"{SERVICE}.CapacityProviderStrategy",),
    )
    architecture: str = attribute(
        "Processor architecture; the image must exist for it.",
        choices=("ARM64", "X86_64"),
        default="ARM64",
        moves=(f"{TASK}.RuntimePlatform",),
    )
    cpu_target_percent: int = attribute(
        "Mean CPU that autoscaling holds.",
        minimum=10,
        maximum=90,
        default=60,
        moves=("AWS::ApplicationAutoScaling::ScalingPolicy",),
    )
    health_check_interval_s: int = attribute(
        "Seconds between the load balancer's health checks.",
        minimum=5,
        maximum=300,
        example="30",
        moves=(
            "AWS::ElasticLoadBalancingV2::TargetGroup.HealthCheckIntervalSeconds",
            f"{TASK}.ContainerDefinitions",
        ),
    )
    db_pool_max: int = attribute(
        "Largest database connection pool of one task (DB_POOL_MAX).",
        minimum=1,
        maximum=5000,
        example="10",
        moves=(f"{TASK}.ContainerDefinitions",),
    )
    retry_attempts: int = attribute(
        "Attempts the application makes before it gives up (RETRY_ATTEMPTS).",
        minimum=1,
        maximum=20,
        example="3",
        moves=(f"{TASK}.ContainerDefinitions",),
    )
