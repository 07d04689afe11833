"""The one list of what is watched: alarms and dashboard are both made from it."""

from collections.abc import Sequence

from components.monitoring.definitions import Layer
from components.monitoring.layers.api import functions_layer, table_layer, users_layer
from components.monitoring.layers.data import cache_layer, database_layer, network_layer
from components.monitoring.layers.messaging import business_layer, notification_layer, orders_layer
from components.monitoring.monitored import Monitored
from components.monitoring.settings import MonitoringSettings


def layers(watched: Monitored, settings: MonitoringSettings) -> Sequence[Layer]:
    """Every layer of the platform, users first.

    Args:
        watched: the deployed resources.
        settings: thresholds and error budgets.
    """
    limits = settings.thresholds
    return [
        users_layer(watched, settings),
        functions_layer(watched, limits),
        table_layer(watched),
        orders_layer(watched, limits),
        database_layer(watched, limits),
        cache_layer(watched, limits),
        network_layer(watched),
        business_layer(watched, limits),
        notification_layer(watched),
    ]
