"""Lets moto's ElastiCache change and delete subnet groups, which it can only make.

Source: Amazon ElastiCache API Reference, ModifyCacheSubnetGroup and DeleteCacheSubnetGroup.
"""

from __future__ import annotations

from typing import Any


def complete_cache_subnet_groups() -> None:
    """Change moto's classes in this process; a second time is no error."""
    from moto.elasticache.responses import ElastiCacheResponse

    responses: Any = ElastiCacheResponse
    responses.modify_cache_subnet_group = _modify
    responses.delete_cache_subnet_group = _delete


def _modify(request: Any) -> Any:
    from moto.core.responses import ActionResult
    from moto.elasticache.models import CacheSubnetGroup

    backend = request.elasticache_backend
    name = request._get_param("CacheSubnetGroupName")
    (group,) = backend.describe_cache_subnet_groups(cache_subnet_group_name=name)
    description = request._get_param("CacheSubnetGroupDescription")
    backend.cache_subnet_groups[name] = changed = CacheSubnetGroup(
        backend.account_id,
        backend.region_name,
        name,
        group.cache_subnet_group_description if description is None else description,
        request._get_param("SubnetIds") or group.subnet_ids,
        group.tags,
    )
    return ActionResult({"CacheSubnetGroup": changed})


def _delete(request: Any) -> Any:
    from moto.core.responses import EmptyResult
    from moto.elasticache.exceptions import ElastiCacheException

    class CacheSubnetGroupInUse(ElastiCacheException):
        code = "CacheSubnetGroupInUse"

    backend = request.elasticache_backend
    name = request._get_param("CacheSubnetGroupName")
    backend.describe_cache_subnet_groups(cache_subnet_group_name=name)
    users = [
        *backend.cache_clusters.values(),
        # moto keeps a deleted one for ever.
        *(one for one in backend.replication_groups.values() if one.status != "deleting"),
    ]
    if any(one.cache_subnet_group_name == name for one in users):
        raise CacheSubnetGroupInUse(f"Cache subnet group {name} is currently in use by a cluster.")
    del backend.cache_subnet_groups[name]
    return EmptyResult()
