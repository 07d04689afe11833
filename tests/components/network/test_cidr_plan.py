import pytest

from components.network.cidr_plan import cidr_plan, parse_vpc_cidr


def test_the_default_block_gives_the_subnets_of_the_source() -> None:
    plan = cidr_plan("10.0.0.0/16", 3)

    assert plan.vpc == "10.0.0.0/16"
    assert plan.public == ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    assert plan.private == ["10.0.10.0/24", "10.0.11.0/24", "10.0.12.0/24"]
    assert plan.database == ["10.0.20.0/24", "10.0.21.0/24", "10.0.22.0/24"]


@pytest.mark.parametrize(
    ("vpc", "zones", "first_public", "last_database"),
    [
        ("172.31.0.0/16", 2, "172.31.0.0/24", "172.31.21.0/24"),
        ("10.7.64.0/18", 4, "10.7.64.0/24", "10.7.87.0/24"),
        ("192.168.224.0/19", 4, "192.168.224.0/24", "192.168.247.0/24"),
        ("100.64.0.0/16", 3, "100.64.0.0/24", "100.64.22.0/24"),
    ],
)
def test_any_block_that_holds_the_tiers_has_them_at_the_same_offsets(
    vpc: str, zones: int, first_public: str, last_database: str
) -> None:
    plan = cidr_plan(vpc, zones)

    assert plan.public[0] == first_public
    assert plan.database[-1] == last_database
    assert [len(tier) for tier in (plan.public, plan.private, plan.database)] == [zones] * 3


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("10.0.0.0/20", "too small"),
        ("10.0.0.0/8", "/16 at the most"),
        ("8.8.0.0/16", "not within the private ranges"),
        ("172.16.0.0/11", "host bits"),
        ("10.0.0.5/16", "host bits"),
        ("10.0.0.0", "no prefix length"),
        ("2001:db8::/32", "4 octets"),
        ("the office", "4 octets"),
        ("", "empty|Address"),
    ],
)
def test_a_block_that_a_vpc_cannot_use_is_refused_with_the_reason(block: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_vpc_cidr(block)
