"""What AWS calls a region in texts for people."""

from __future__ import annotations

from functools import cache


@cache
def region_name(region: str) -> str:
    """A region's name, such as `US East (N. Virginia)`; the code itself where AWS has none."""
    from botocore.session import get_session

    names = (
        str(partition["regions"][region]["description"])
        for partition in get_session().get_data("endpoints")["partitions"]
        if region in partition["regions"]
    )
    return next(names, region)
