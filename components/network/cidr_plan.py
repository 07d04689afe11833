"""Which /24 of the VPC each subnet gets; arithmetic only, no resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.shared.cidr_block import read_cidr_block

SUBNET_PREFIX = 24
PUBLIC_OFFSET = 0
PRIVATE_OFFSET = 10
DATABASE_OFFSET = 20
# VPC User Guide, "VPC CIDR blocks": a block is a /16 at the most.
LARGEST_VPC_PREFIX = 16
# The smallest block that holds the last database subnet (offset 20 and up to four zones).
SMALLEST_VPC_PREFIX = 19
# RFC 1918, and RFC 6598's shared space, which VPCs may use as well.
PRIVATE_RANGES = tuple(
    IPv4Network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)


@dataclass(frozen=True, kw_only=True)
class CidrPlan:
    """The blocks of the three tiers, one /24 a zone each, in the order of the zones."""

    vpc: str
    public: Sequence[str]
    private: Sequence[str]
    database: Sequence[str]


def cidr_plan(vpc_cidr: str, zone_count: int) -> CidrPlan:
    """Lay the tiers out at the same offsets in any block from /16 to /19.

    Args:
        vpc_cidr: the VPC's block, for example `10.0.0.0/16`.
        zone_count: number of availability zones.

    Raises:
        ValueError: the block is no usable VPC block; the message says why.
    """
    network = parse_vpc_cidr(vpc_cidr)
    subnets = list(network.subnets(new_prefix=SUBNET_PREFIX))

    def tier(offset: int) -> list[str]:
        return [str(subnet) for subnet in subnets[offset : offset + zone_count]]

    return CidrPlan(
        vpc=str(network),
        public=tier(PUBLIC_OFFSET),
        private=tier(PRIVATE_OFFSET),
        database=tier(DATABASE_OFFSET),
    )


def parse_vpc_cidr(vpc_cidr: str) -> IPv4Network:
    """Read a VPC block and refuse what the plan can't use.

    Raises:
        ValueError: it is no network as AWS writes it, is public, too large or too small.
    """
    network = read_cidr_block(vpc_cidr)
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError("it is not within the private ranges")
    if network.prefixlen < LARGEST_VPC_PREFIX:
        raise ValueError("a VPC is a /16 at the most")
    if network.prefixlen > SMALLEST_VPC_PREFIX:
        raise ValueError("it is too small for three tiers of /24 subnets")
    return network
