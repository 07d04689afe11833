"""Which environment this is: its name, account and region, and the provider for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.shared.account_access import one_line_of_failure, refuse_without_credentials
from components.shared.environment_settings import EnvironmentSettings
from components.shared.provider_configuration import ProviderConfiguration

# It is part of every physical name, the shortest of which (a target's) has room for this much.
LONGEST_STACK_NAME = 20
# Identifiers of RDS and ElastiCache have no two hyphens in a row and end in none (RDS API
# Reference, "CreateDBInstance"; ElastiCache API Reference, "CreateReplicationGroup").
STACK_NAME_PATTERN = re.compile(rf"(?=.{{1,{LONGEST_STACK_NAME}}}\Z)[a-z](-?[a-z0-9])*")


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One environment of the platform.

    Attributes:
        project: the Pulumi project's name.
        name: the stack's name, which is the environment's and its API stage's.
        region: the AWS region.
        account_id: the AWS account, 12 digits.
        partition: the AWS partition, for example `aws`.
        log_retention_days: how long logs are kept, in days.
        deletion_protection: refuse deletion and keep data.
        provider: the one AWS provider, which tags everything with project and environment.
    """

    project: str
    name: str
    region: str
    account_id: str
    partition: str
    log_retention_days: int
    deletion_protection: bool
    provider: aws.Provider

    @property
    def prefix(self) -> str:
        """The beginning of physical names, `<project>-<stack>`."""
        return f"{self.project}-{self.name}"

    @classmethod
    def of_stack(
        cls, region: str, settings: EnvironmentSettings, configuration: ProviderConfiguration
    ) -> Environment:
        """The environment of the running stack.

        Args:
            region: the AWS region to deploy to.
            settings: retention and protection.
            configuration: what the stack's config says of the provider.

        Raises:
            pulumi.RunError: the stack's name does not fit into physical names, the provider can't
                be configured so, or AWS does not say whose credentials these are.
        """
        project, name = pulumi.get_project(), pulumi.get_stack()
        if not STACK_NAME_PATTERN.fullmatch(name):
            raise pulumi.RunError(
                f"The stack's name is {name!r}; allowed: a lower-case letter, then up to"
                f" {LONGEST_STACK_NAME - 1} lower-case letters, digits or single hyphens, and no"
                " hyphen at the end, because it is part of AWS names."
                " Make a stack with another name: pulumi stack init <name>."
            )
        refuse_without_credentials(configuration.values)
        own_tags = {"Project": project, "Environment": name, "ManagedBy": "Pulumi"}
        provider = aws.Provider("aws", region=region, **configuration.arguments(own_tags))
        options = pulumi.InvokeOptions(provider=provider)
        with one_line_of_failure("which account this is"):
            account_id = aws.get_caller_identity(opts=options).account_id
            partition = aws.get_partition(opts=options).partition
        return cls(
            project=project,
            name=name,
            region=region,
            account_id=account_id,
            partition=partition,
            log_retention_days=settings.log_retention_days,
            deletion_protection=settings.deletion_protection,
            provider=provider,
        )
