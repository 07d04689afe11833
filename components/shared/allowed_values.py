"""Values that AWS offers or accepts, as far as settings are checked against them."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from urllib.parse import urlsplit

# CloudWatch Logs API Reference, "PutRetentionPolicy".
LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

# API Gateway API Reference, "CreateStage", cacheClusterSize in GB.
CACHE_SIZES_GB = (0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118.0, 237.0)

# ElastiCache User Guide, "Supported engines and versions".
CACHE_VERSIONS: Mapping[str, tuple[str, ...]] = {
    "redis": ("6.2", "7.0", "7.1"),
    "valkey": ("7.2", "8.0"),
}

# RDS for PostgreSQL Release Notes, "Supported major versions".
POSTGRES_MAJORS = range(14, 19)

# AWS PrivateLink Guide, "Gateway endpoints": these are free, and every network has them.
GATEWAY_SERVICES = ("s3", "dynamodb")

# AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink"; the platform's default.
INTERFACE_ENDPOINT_SERVICES = (
    "ecr.api",
    "ecr.dkr",
    "lambda",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "ec2messages",
)

# RFC 6890 and RFC 6761, "localhost.".
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")

# It stands in every alarm's description, which has 1024 characters at the most
# (CloudWatch API Reference, "PutMetricAlarm").
LONGEST_RUNBOOK_URL = 200

# As CORS has it: any origin.
ANY_ORIGIN = "*"


def is_postgres_version(value: str) -> bool:
    """Whether it is a major version that we know, alone or with a minor one."""
    version = re.fullmatch(r"(\d{1,2})(\.\d{1,2})?", value, re.ASCII)
    return version is not None and int(version[1]) in POSTGRES_MAJORS


def is_database_instance_class(value: str) -> bool:
    """Whether it has the form of an RDS instance class (RDS User Guide, "DB instance classes")."""
    return re.fullmatch(r"db\.[a-z]+\d+[a-z]*\.(\d*x?large|micro|small|medium)", value) is not None


def is_cache_node_type(value: str) -> bool:
    """Whether it has the form of a node type (ElastiCache User Guide, "Supported node types")."""
    pattern = r"cache\.[a-z]+\d+[a-z]*\.(\d*x?large|micro|small|medium)"
    return re.fullmatch(pattern, value) is not None


def is_topic_arn(value: str) -> bool:
    """Whether it is empty or the ARN of an SNS topic, in any partition."""
    return re.fullmatch(r"(arn:aws[\w-]*:sns:.+)?", value) is not None


def is_zone_name(value: str) -> bool:
    """Whether it has the form of a zone's name, for example `us-east-1a`."""
    return re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d[a-z]", value, re.ASCII) is not None


def is_service_name(value: str) -> bool:
    """Whether it has the form of a service's short name, for example `ecr.api`."""
    return re.fullmatch(r"[a-z0-9][a-z0-9.-]*", value) is not None


def is_runbook_url(value: str) -> bool:
    """Whether alarms can link to sections of it: an address or path without a fragment."""
    return len(value) <= LONGEST_RUNBOOK_URL and re.fullmatch(r"[^\s#]+", value) is not None


def is_email(value: str) -> bool:
    """Whether it looks like one mailbox address."""
    return re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+", value) is not None


def is_ipv4_network(value: str) -> bool:
    """Whether it is an IPv4 network in CIDR notation without host bits."""
    try:
        IPv4Network(value)
    except ValueError:
        return False
    return "/" in value


def is_origin(value: str) -> bool:
    """Whether it is `*` or a web origin (RFC 6454: scheme, host, port, nothing else)."""
    return value == ANY_ORIGIN or (
        re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", value) is not None
    )


def is_slack_webhook(value: str) -> bool:
    """Whether it is empty, an https URL with a host, or an http URL of this very machine.

    Only a local run's own stand-in for Slack is reached at a loopback address.
    """
    if not value:
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    secure = parts.scheme == "https" and bool(parts.hostname)
    return (local or secure) and not set(value) & set(" \t\r\n")
