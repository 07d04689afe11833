"""Products in the single table.

Item: PK `PRODUCT#<id>`, SK `PRODUCT`, GSI1PK `PRODUCTS#<shard>`, GSI1SK `<category>#<id>`, `entity`
"product", `productId`, `name`, `description` (may be absent), `category`, `price` {`amount`,
`currency`}, `stock`, `version` (raised by every change, stock taken by an order included),
`createdAt`, `updatedAt`. The index is sorted by category first, so that one index
lists all products as well as one category.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handlers.common.aws_clients import condition_failed, unavailable_when_busy
from handlers.common.clock import now, time_ordered_id
from handlers.common.errors import NotFound, VersionMismatch
from handlers.common.facts import ENTITY, INDEX_PARTITION_KEY, INDEX_SORT_KEY, PRODUCT
from handlers.common.items import Item, from_attributes, to_attributes, to_model
from handlers.common.keys import EXISTS, IS_NEW, product_key
from handlers.common.pages import read_page, sharded, shards
from handlers.common.versions import accepted_versions
from handlers.products.domain import Product, ProductContent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LISTING = "PRODUCTS"


class ProductRepository:
    """Products in DynamoDB.

    Args:
        client: the DynamoDB client.
        table_name: the single table.
    """

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def add(self, content: ProductContent) -> Product:
        """Stores a new product under an id of ours."""
        written = now()
        product = Product(
            **_content(content),
            product_id=time_ordered_id(),
            version=1,
            created_at=written,
            updated_at=written,
        )
        item = {
            **product_key(product.product_id),
            INDEX_PARTITION_KEY: sharded(LISTING, product.product_id),
            INDEX_SORT_KEY: _sort_key(content.category, product.product_id),
            ENTITY: PRODUCT,
            **product.model_dump(by_alias=True, exclude_none=True),
        }
        with unavailable_when_busy():
            self._client.put_item(
                TableName=self._table,
                Item=to_attributes(item),
                ConditionExpression=IS_NEW,
            )
        return product

    def get(self, product_id: str) -> Product:
        """Raises NotFound when there is no such product."""
        with unavailable_when_busy():
            answer = self._client.get_item(
                TableName=self._table, Key=to_attributes(product_key(product_id))
            )
        item = answer.get("Item")
        if item is None:
            raise _not_found()
        return to_model(Product, from_attributes(item))

    def replace(
        self, product_id: str, content: ProductContent, versions: Sequence[int] | None
    ) -> Product:
        """Writes content over the stored one, the stock included.

        Args:
            product_id: which.
            content: the new content.
            versions: the stored version must be among these; None for any.

        Raises:
            NotFound: there is no such product.
            VersionMismatch: the stored version is another.
        """
        values = {
            **content.model_dump(by_alias=True, exclude_none=True),
            INDEX_SORT_KEY: _sort_key(content.category, product_id),
            "updatedAt": now(),
        }
        condition, accepted = accepted_versions(versions)
        assignments = ", ".join(f"#{name} = :{name}" for name in values)
        names = {f"#{name}": name for name in values}
        removal = "" if content.description is not None else " REMOVE description"
        try:
            with unavailable_when_busy():
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=to_attributes(product_key(product_id)),
                    UpdateExpression=f"SET {assignments}, version = version + :one{removal}",
                    ConditionExpression=f"{EXISTS}{condition}",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=to_attributes(
                        {
                            ":one": 1,
                            **accepted,
                            **{f":{name}": value for name, value in values.items()},
                        }
                    ),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            raise _refusal(error) from None
        return to_model(Product, from_attributes(answer["Attributes"]))

    def remove(self, product_id: str, versions: Sequence[int] | None) -> None:
        """Deletes a product; orders keep its name and price.

        Raises:
            NotFound: there is no such product.
            VersionMismatch: the stored version is another.
        """
        condition, accepted = accepted_versions(versions)
        values: Any = {"ExpressionAttributeValues": to_attributes(accepted)} if accepted else {}
        try:
            with unavailable_when_busy():
                self._client.delete_item(
                    TableName=self._table,
                    Key=to_attributes(product_key(product_id)),
                    ConditionExpression=f"{EXISTS}{condition}",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **values,
                )
        except ClientError as error:
            raise _refusal(error) from None

    def page(
        self, *, category: str | None, limit: int, after: str | None
    ) -> tuple[list[Product], str | None]:
        """Products by category and age, and the sort key after which the next page begins."""
        page = read_page(
            self._client,
            self._table,
            shards(LISTING),
            limit=limit,
            after=after,
            prefix="" if category is None else f"{category}#",
        )
        return [to_model(Product, item) for item in page.items], page.next_after


def _content(content: ProductContent) -> Item:
    return {name: getattr(content, name) for name in ProductContent.model_fields}


def _sort_key(category: str, product_id: str) -> str:
    return f"{category}#{product_id}"


def _not_found() -> NotFound:
    return NotFound("There is no such product.")


def _refusal(error: ClientError) -> Exception:
    if not condition_failed(error):
        return error
    if not error.response.get("Item"):
        return _not_found()
    return VersionMismatch("The product has changed; read it again.")
