from __future__ import annotations

import pytest

from components.monitoring.metrics import INDEX_READ_THROTTLES


def test_a_metric_is_of_a_resource_with_a_value_for_each_dimension() -> None:
    metric = INDEX_READ_THROTTLES.of("orders", "GSI1")
    assert metric.dimensions == {"TableName": "orders", "GlobalSecondaryIndexName": "GSI1"}
    with pytest.raises(ValueError, match="argument"):
        INDEX_READ_THROTTLES.of("orders")
