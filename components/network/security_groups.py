"""The six security groups of the network and every rule between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

EVERYWHERE = "0.0.0.0/0"
HTTP_PORT = 80
HTTPS_PORT = 443
APPLICATION_PORT = 8080
SSH_PORT = 22
POSTGRES_PORT = 5432
MYSQL_PORT = 3306
REDIS_PORT = 6379


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs:
    """What the security groups are made from.

    Attributes:
        name_prefix: `<project>-<stack>`, the beginning of the groups' `Name` tags.
        vpc_id: the VPC they belong to.
        vpc_cidr: its block, which may reach the interface endpoints.
        company_cidrs: networks that may reach the bastion by SSH.
    """

    name_prefix: str
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    company_cidrs: Sequence[str]


class SecurityGroups(pulumi.ComponentResource):
    """Security groups by tier.

    Creates the groups web, app, database, cache, bastion and endpoints, one resource for each
    rule, and empties the VPC's default group.
    """

    web_id: pulumi.Output[str]
    app_id: pulumi.Output[str]
    database_id: pulumi.Output[str]
    cache_id: pulumi.Output[str]
    bastion_id: pulumi.Output[str]
    endpoints_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:network:SecurityGroups", name, None, opts)
        self._name = name
        self._name_prefix = args.name_prefix
        self._child = pulumi.ResourceOptions(parent=self)
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default", vpc_id=args.vpc_id, ingress=[], egress=[], opts=self._child
        )
        self.web_id = self._group("web", "Security group for web servers", args.vpc_id)
        for rule, port in (("http", HTTP_PORT), ("https", HTTPS_PORT)):
            self._allow("web", self.web_id, rule, port, f"Allow {rule.upper()}", cidr=EVERYWHERE)
        self._allow_all_egress("web", self.web_id)

        self.app_id = self._group("app", "Security group for application servers", args.vpc_id)
        description = "Allow traffic from web tier"
        self._allow("app", self.app_id, "web", APPLICATION_PORT, description, source_id=self.web_id)
        self._allow_all_egress("app", self.app_id)

        self.database_id = self._group(
            "database", "Security group for database servers", args.vpc_id
        )
        for rule, port, description in (
            ("postgres", POSTGRES_PORT, "Allow PostgreSQL from app tier"),
            ("mysql", MYSQL_PORT, "Allow MySQL from app tier"),
        ):
            self._allow(
                "database", self.database_id, rule, port, description, source_id=self.app_id
            )

        self.cache_id = self._group("cache", "Security group for cache servers", args.vpc_id)
        description = "Allow Redis from app tier"
        self._allow("cache", self.cache_id, "redis", REDIS_PORT, description, source_id=self.app_id)

        self.bastion_id = self._group("bastion", "Security group for bastion host", args.vpc_id)
        description = "Allow SSH from company network"
        for cidr in args.company_cidrs:
            self._allow("bastion", self.bastion_id, f"ssh-{cidr}", SSH_PORT, description, cidr=cidr)
        self._allow_all_egress("bastion", self.bastion_id)

        self.endpoints_id = self._group(
            "endpoints", "Security group for VPC endpoints", args.vpc_id
        )
        description = "Allow HTTPS from VPC"
        self._allow(
            "endpoints", self.endpoints_id, "https", HTTPS_PORT, description, cidr=args.vpc_cidr
        )
        self.register_outputs(
            {
                "webId": self.web_id,
                "appId": self.app_id,
                "databaseId": self.database_id,
                "cacheId": self.cache_id,
                "bastionId": self.bastion_id,
                "endpointsId": self.endpoints_id,
            }
        )

    def _group(self, tier: str, description: str, vpc_id: pulumi.Input[str]) -> pulumi.Output[str]:
        group = aws.ec2.SecurityGroup(
            f"{self._name}-{tier}",
            description=description,
            vpc_id=vpc_id,
            tags={"Name": f"{self._name_prefix}-{tier}"},
            opts=self._child,
        )
        return group.id

    def _allow(
        self,
        tier: str,
        group_id: pulumi.Input[str],
        rule: str,
        port: int,
        description: str,
        *,
        cidr: str | None = None,
        source_id: pulumi.Input[str] | None = None,
    ) -> None:
        """Let one port in, from a network or from the members of another group."""
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-{tier}-{rule}",
            security_group_id=group_id,
            cidr_ipv4=cidr,
            referenced_security_group_id=source_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
            opts=self._child,
        )

    def _allow_all_egress(self, tier: str, group_id: pulumi.Input[str]) -> None:
        # The provider removes AWS's own allow-all rule from every new group.
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-{tier}-egress",
            security_group_id=group_id,
            cidr_ipv4=EVERYWHERE,
            ip_protocol="-1",
            description="Allow all outbound traffic",
            opts=self._child,
        )
