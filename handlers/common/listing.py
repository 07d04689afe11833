"""One page of a listing, from the request's parameters to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from handlers.common.cursors import Cursors, SigningKeys
from handlers.common.model import ItemPage
from handlers.common.requests import Request

PageT = TypeVar("PageT", bound=ItemPage[Any])


class ReadItems(Protocol):
    """Reads some items of a listing in its order."""

    def __call__(self, *, limit: int, after: str | None) -> tuple[list[Any], str | None]:
        """The items after a sort key, and the sort key after which the next page begins."""
        ...


class Listing:
    """Pages of one listing; the cursor of a page is good for its caller and query only.

    Args:
        name: the listing's name; a cursor of another listing is refused.
        keys: the keys that sign cursors.
    """

    def __init__(self, name: str, keys: SigningKeys) -> None:
        self._cursors = Cursors(name, keys)

    def page(
        self,
        model: type[PageT],
        read: ReadItems,
        request: Request,
        *,
        caller: str,
        query: Mapping[str, str | None],
    ) -> PageT:
        """The page that a request asks for with `limit` and `cursor`.

        Args:
            model: of the page.
            read: reads the items.
            request: the request.
            caller: whom the cursors are for.
            query: what the listing is asked for, without size and place of the page.

        Raises:
            BadParameter: `limit` or `cursor` is not acceptable.
        """
        cursor = request.query("cursor")
        after = None if cursor is None else self._cursors.read(cursor, caller=caller, query=query)
        items, next_after = read(limit=request.page_size, after=after)
        if next_after is None:
            return model(items=items)
        return model(
            items=items,
            next_cursor=self._cursors.write(next_after, caller=caller, query=query),
        )
