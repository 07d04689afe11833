"""Values that AWS offers or accepts, as far as settings are checked against them."""

import re
from collections.abc import Mapping
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

# ElastiCache User Guide, "Supported node types" and "Data tiering": these take part in it or do
# not run at all.
DATA_TIERING_FAMILY = "r6gd"
# The same guide, "In-transit encryption conditions": not on the previous generation.
CACHE_FAMILIES_WITHOUT_TLS = ("t1", "m1", "m2", "m3", "c1", "r3")

# RDS User Guide, "Availability of Amazon RDS encryption" (m1, m2, db.t2.micro), and what RDS offers
# no Postgres on that is supported (rds:DescribeOrderableDBInstanceOptions).
DATABASE_FAMILIES_WITHOUT_POSTGRES = ("t1", "m1", "m2", "m3", "m4", "r3")
DATABASE_CLASSES_WITHOUT_ENCRYPTION = ("db.t2.micro",)

# RFC 5321, "Size limits": of an address, and of what is before its @.
LONGEST_EMAIL, LONGEST_MAILBOX = 254, 64


def is_postgres_version(value: str) -> bool:
    """Whether it is a major version that we know, alone or with a minor one."""
    version = re.fullmatch(r"(\d{2})(\.(0|[1-9]\d?))?", value, re.ASCII)
    return version is not None and int(version[1]) in POSTGRES_MAJORS


def is_database_instance_class(value: str) -> bool:
    """Whether it has the form of an RDS instance class (RDS User Guide, "DB instance classes").

    Raises:
        ValueError: it has, but our database can't run on it; the message says why.
    """
    family = re.fullmatch(rf"db\.({_FAMILY})\.({_SIZE})", value, re.ASCII)
    if not family:
        return False
    if family[1] in DATABASE_FAMILIES_WITHOUT_POSTGRES:
        raise ValueError("RDS offers no supported version of Postgres on it")
    if value in DATABASE_CLASSES_WITHOUT_ENCRYPTION:
        raise ValueError("it has no encrypted storage")
    return True


def is_cache_node_type(value: str) -> bool:
    """Whether it has the form of a node type (ElastiCache User Guide, "Supported node types").

    Raises:
        ValueError: it has, but our cache can't run on it; the message says why.
    """
    family = re.fullmatch(rf"cache\.({_FAMILY})\.({_SIZE})", value, re.ASCII)
    if not family:
        return False
    if family[1] in CACHE_FAMILIES_WITHOUT_TLS:
        raise ValueError("it has no encryption in transit")
    if family[1].startswith("t") == family[2].endswith("large"):
        raise ValueError("T nodes are micro, small or medium, and the others large or larger")
    if value == f"cache.{DATA_TIERING_FAMILY}.large":
        raise ValueError(f"{DATA_TIERING_FAMILY} begins with xlarge")
    return True


def has_data_tiering(node_type: str) -> bool:
    """Whether a node keeps data on its SSD too, which ElastiCache wants to be told."""
    return node_type.startswith(f"cache.{DATA_TIERING_FAMILY}.")


def is_topic_arn(value: str) -> bool:
    """Whether it is empty or the ARN of an SNS topic, in any partition."""
    return not value or region_of_topic(value) is not None


def region_of_topic(arn: str) -> str | None:
    """The region of an SNS topic; None where it is no ARN of one.

    To ElastiCache it matters (ElastiCache User Guide, "Event Notifications and Amazon SNS").
    """
    pattern = r"arn:aws[a-z-]*:sns:(?P<region>[a-z0-9-]+):\d{12}:[\w-]{1,256}(\.fifo)?"
    found = re.fullmatch(pattern, arn, re.ASCII)
    return found["region"] if found else None


def is_zone_name(value: str) -> bool:
    """Whether it has the form of a zone's name, for example `us-east-1a`."""
    return re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d[a-z]", value, re.ASCII) is not None


def is_service_name(value: str) -> bool:
    """Whether it has the form of a service's short name, for example `ecr.api`."""
    return re.fullmatch(r"(?!com\.)[a-z0-9]+([.-][a-z0-9]+)*", value) is not None


def is_runbook_url(value: str) -> bool:
    """Whether alarms can link to sections of it: an address or path without a fragment."""
    return len(value) <= LONGEST_RUNBOOK_URL and re.fullmatch(r"[^\s#]+", value) is not None


def is_email(value: str) -> bool:
    """Whether it is one mailbox's address, without comments and quotes (RFC 5321, "Mailbox")."""
    mailbox, _, domain = value.partition("@")
    return (
        len(value) <= LONGEST_EMAIL
        and len(mailbox) <= LONGEST_MAILBOX
        and re.fullmatch(rf"{_ATOM}(\.{_ATOM})*", mailbox) is not None
        and re.fullmatch(rf"({_LABEL}\.)+(?!\d+$){_LABEL}", domain) is not None
    )


def is_slack_webhook(value: str) -> bool:
    """Whether it is empty, an https URL with a host, or an http URL of this very machine.

    Only a local run's own stand-in for Slack is reached at a loopback address.
    """
    if not value:
        return True
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    secure = parts.scheme == "https" and bool(parts.hostname)
    return (local or secure) and port != 0 and re.fullmatch("[!-~]+", value) is not None


_FAMILY = r"[a-z]+\d+[a-z]*"
_SIZE = r"(?:[1-9]\d*x|x)?large|micro|small|medium"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
