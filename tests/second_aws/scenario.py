"""All requests in their order: what one answers, a later one may name."""

from __future__ import annotations

from tests.second_aws.gateway_steps import health, large, paths, preflights
from tests.second_aws.identity_steps import identities, nobody
from tests.second_aws.order_steps import orders
from tests.second_aws.product_steps import products, products_leave
from tests.second_aws.step import Step
from tests.second_aws.user_steps import users, users_leave


def steps() -> list[Step]:
    """The requests; a name stands once."""
    found = [
        *health(),
        *preflights(),
        *nobody(),
        *identities(),
        *paths(),
        *users(),
        *products(),
        *orders(),
        *large(),
        *products_leave(),
        *users_leave(),
    ]
    names = [step.name for step in found]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    return found
