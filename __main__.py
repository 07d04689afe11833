"""The platform of one environment: network, data, API, messaging, monitoring."""

import pulumi

import settings
from components.api.api import Api, ApiArgs
from components.data.data import Data, DataArgs
from components.messaging.messaging import Messaging, MessagingArgs
from components.monitoring.monitoring import Monitoring, MonitoringArgs
from components.network.network import Network, NetworkArgs, availability_zones
from components.shared.environment import Environment
from components.shared.protection import protect_stack

config = settings.load()
if config.deletion_protection:
    protect_stack()
environment = Environment.of_stack(settings.region(), config, settings.provider_configuration())
options = pulumi.ResourceOptions(providers=[environment.provider])

zones = availability_zones(environment, config)
network_args = NetworkArgs(environment=environment, settings=config, availability_zones=zones)
network = Network("network", network_args, options)

data_args = DataArgs(
    environment=environment, database=config.database, cache=config.cache, network=network
)
data = Data("data", data_args, options)

api_args = ApiArgs(
    environment=environment,
    settings=config.api,
    functions=config.functions,
    kms_key_arn=data.key_arn,
)
api = Api("api", api_args, options)

messaging_args = MessagingArgs(
    environment=environment, table=api.table, layer_arn=api.layer_arn, functions=config.functions
)
messaging = Messaging("messaging", messaging_args, options)

monitoring_args = MonitoringArgs(
    environment=environment,
    settings=config.monitoring,
    alarm_emails=config.alarm_emails,
    slack_webhook_url=config.slack_webhook_url,
    functions=config.functions,
    network=network,
    data=data,
    api=api,
    messaging=messaging,
)
monitoring = Monitoring("monitoring", monitoring_args, options)

for component in (network, data, api, messaging, monitoring):
    for key, value in component.outputs.items():
        pulumi.export(key, value)
