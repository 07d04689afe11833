"""Names that stored items, deployed filters, graphs and callers hold."""

from handlers.common import facts, keys


def test_what_others_hold_keeps_its_name() -> None:
    assert (facts.PARTITION_KEY, facts.SORT_KEY) == ("PK", "SK")
    assert (facts.INDEX, facts.INDEX_PARTITION_KEY, facts.INDEX_SORT_KEY) == (
        "GSI1",
        "GSI1PK",
        "GSI1SK",
    )
    assert (facts.ENTITY, facts.EXPIRY) == ("entity", "expiresAt")
    assert (facts.USER, facts.PRODUCT, facts.ORDER) == ("user", "product", "order")
    assert (facts.ORDER_ID, facts.CORRELATION_ID) == ("orderId", "correlationId")
    assert (facts.CURRENT_KEY, facts.PREVIOUS_KEY) == ("current", "previous")
    assert facts.WEBHOOK_URL == "url"
    assert facts.ADMIN_GROUP == "admin"
    assert (facts.USERS_NAMESPACE, facts.NEW_REGISTRATIONS) == ("MyApp/Users", "NewRegistrations")
    assert (facts.ORDERS_NAMESPACE, facts.ORDER_VALUE, facts.CURRENCY) == (
        "MyApp/Orders",
        "OrderValue",
        "currency",
    )
    assert [*facts.OrderStatus] == ["PLACED", "CONFIRMED", "CANCELLED"]
    assert facts.PROBLEM_JSON == "application/problem+json"
    assert facts.EXPOSED_HEADERS == ("ETag", "Location", "Retry-After")
    assert facts.MAX_CURSOR_LENGTH == 2048
    assert facts.IDEMPOTENCY_KEY_PATTERN == r"^[\x21-\x7e]{1,255}$"


def test_the_variables_are_those_that_powertools_and_people_read() -> None:
    assert {one.name: one.value for one in facts.Variable} == {
        "SERVICE_NAME": "POWERTOOLS_SERVICE_NAME",
        "TABLE_NAME": "TABLE_NAME",
        "USER_POOL_ID": "USER_POOL_ID",
        "USER_POOL_CLIENT_ID": "USER_POOL_CLIENT_ID",
        "CURSOR_SECRET_ARN": "CURSOR_SECRET_ARN",
        "CORS_ORIGINS": "CORS_ORIGINS",
        "SLACK_WEBHOOK_SECRET_ARN": "SLACK_WEBHOOK_SECRET_ARN",
    }


def test_keys_are_where_items_lie() -> None:
    assert keys.order_key("1") == {"PK": "ORDER#1", "SK": "ORDER"}
    assert keys.product_key("1") == {"PK": "PRODUCT#1", "SK": "PRODUCT"}
    assert (keys.EXISTS, keys.IS_NEW) == ("attribute_exists(PK)", "attribute_not_exists(PK)")
