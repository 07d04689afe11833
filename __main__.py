"""The platform of one environment: network, data, API, monitoring."""

import pulumi

import settings
from components.api import Api, ApiArgs
from components.data import Data, DataArgs
from components.environment import Environment
from components.network import Network, NetworkArgs, availability_zones
from components.protection import protect_stack

config = settings.load()
if config.deletion_protection:
    protect_stack()
environment = Environment.of_stack(
    region=settings.region(),
    log_retention_days=config.log_retention_days,
    deletion_protection=config.deletion_protection,
)
options = pulumi.ResourceOptions(providers=[environment.provider])
zones = availability_zones(environment, config.availability_zone_count, config.availability_zones)

network = Network(
    "network",
    NetworkArgs(
        environment=environment,
        vpc_cidr=config.vpc_cidr,
        availability_zones=zones,
        nat_gateways=config.nat_gateways,
        flow_log_retention_days=config.flow_log_retention_days,
        interface_endpoints=config.interface_endpoints,
        company_cidrs=config.company_cidrs,
    ),
    options,
)
data = Data(
    "data",
    DataArgs(
        environment=environment,
        database=config.database,
        cache=config.cache,
        database_subnet_ids=network.database_subnet_ids,
        private_subnet_ids=network.private_subnet_ids,
        database_security_group_id=network.security_groups.database_id,
        cache_security_group_id=network.security_groups.cache_id,
    ),
    options,
)
api = Api(
    "api",
    ApiArgs(environment=environment, settings=config.api, kms_key_arn=data.key_arn),
    options,
)
for key, value in {**network.outputs, **data.outputs, **api.outputs}.items():
    pulumi.export(key, value)
