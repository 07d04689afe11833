"""The one list of what is watched: alarms and dashboard are both made from it."""

from collections.abc import Sequence

from components.alarm import Layer
from components.api_alarms import functions_layer, table_layer, users_layer
from components.data_alarms import cache_layer, database_layer, network_layer
from components.message_alarms import business_layer, notification_layer, orders_layer
from components.monitored import Monitored
from components.monitoring_settings import MonitoringSettings


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
