"""Key, log groups, topic and budget: what the other families need before they can stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnDeletionPolicy, Stack
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from stacks.naming import document, settle, stack_arn, statement

if TYPE_CHECKING:
    from tierctl.model.environment import Environment

BUDGET_STEPS = (80, 100)


class Observability:
    """One key for everything the environment encrypts, and where its logs and alarms go."""

    def __init__(self, stack: Stack, environment: Environment) -> None:
        self._stack = stack
        self._shape = environment.observability
        self._name = environment.identity.stack_name
        self.key = self._key()
        self.key_arn = self.key.attr_arn
        self._groups: dict[str, logs.CfnLogGroup] = {}
        self.topic = self._topic(environment.application.alarm_email)
        if environment.observability.monthly_budget_usd is not None:
            self._budget(environment.observability.monthly_budget_usd)

    def _key(self) -> kms.CfnKey:
        """The key, with just those services that cannot take a grant named in its policy."""
        region = self._stack.region
        root = f"arn:{self._stack.partition}:iam::{self._stack.account}:root"
        owner = {"Principal": {"AWS": root}}
        encrypt = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
        mine = {"StringEquals": {"aws:SourceAccount": self._stack.account}}
        key = kms.CfnKey(
            self._stack,
            "Key",
            description=f"Encrypts the data of {self._name}",
            enable_key_rotation=True,
            pending_window_in_days=30,
            key_policy=document(
                statement("AccountDecidesByIam", ["kms:*"], "*", **owner),
                statement(
                    "Logs",
                    [*encrypt, "kms:DescribeKey"],
                    "*",
                    Principal={"Service": f"logs.{region}.amazonaws.com"},
                    Condition={
                        "ArnLike": {
                            "kms:EncryptionContext:aws:logs:arn": stack_arn(
                                self._stack, "logs", "log-group:*"
                            )
                        }
                    },
                ),
                # an alarm or budget may publish to the encrypted topic (SNS developer guide,
                # "Enable compatibility between event sources from AWS services")
                statement(
                    "AlarmsAndBudgets",
                    ["kms:Decrypt", "kms:GenerateDataKey*"],
                    "*",
                    Principal={"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]},
                    Condition=mine,
                ),
            ),
        )
        settle(key)
        kms.CfnAlias(
            self._stack, "KeyAlias", alias_name=f"alias/{self._name}", target_key_id=key.ref
        )
        return key

    def log_group(self, logical_id: str, name: str, days: int) -> logs.CfnLogGroup:
        """A log group with retention, encrypted with the key. Its name is its identity."""
        group = logs.CfnLogGroup(
            self._stack,
            logical_id,
            log_group_name=name,
            retention_in_days=days,
            kms_key_id=self.key_arn,
        )
        self._groups[logical_id] = group
        return group

    def service_log(self, logical_id: str, subject: str) -> logs.CfnLogGroup:
        """The log group of one part of the environment, with the ordinary retention."""
        name = f"/{self._name}/{subject}"
        return self.log_group(logical_id, name, self._shape.log_retention_days)

    def audit_log(self) -> logs.CfnLogGroup:
        """Where services write what auditors will ask for; outlives the stack."""
        name = f"/{self._name}/audit"
        group = self.log_group("AuditLogs", name, self._shape.audit_log_retention_days)
        group.cfn_options.deletion_policy = CfnDeletionPolicy.RETAIN
        group.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
        return group

    def _topic(self, email: str | None) -> sns.CfnTopic:
        """Where alarms go, and a mailbox if one is named."""
        topic = sns.CfnTopic(self._stack, "Alarms", kms_master_key_id=self.key.ref)
        settle(topic)
        mine = {"StringEquals": {"aws:SourceAccount": self._stack.account}}
        refuse: dict[str, Any] = {
            "Sid": "RefusePlainText",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic.ref,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        sns.CfnTopicPolicy(
            self._stack,
            "AlarmsPolicy",
            topics=[topic.ref],
            policy_document=document(
                statement(
                    "AlarmsAndBudgets",
                    ["sns:Publish"],
                    topic.ref,
                    Principal={"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]},
                    Condition=mine,
                ),
                refuse,
            ),
        )
        if email:
            sns.CfnSubscription(
                self._stack, "AlarmsByMail", topic_arn=topic.ref, protocol="email", endpoint=email
            )
        return topic

    def _budget(self, usd: int) -> None:
        """A monthly budget over everything tagged as this stack's."""
        subscriber = budgets.CfnBudget.SubscriberProperty(
            subscription_type="SNS", address=self.topic.ref
        )
        budgets.CfnBudget(
            self._stack,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=self._name,
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=usd, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:stack${self._name}"]},
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        comparison_operator="GREATER_THAN",
                        notification_type="ACTUAL",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[subscriber],
                )
                for percent in BUDGET_STEPS
            ],
        )
