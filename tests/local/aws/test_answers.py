"""Fields that AWS left out of an answer."""

from __future__ import annotations

import boto3
import pytest
from botocore.stub import Stubber

from local.aws.answers import leave_fields_out


def test_a_field_that_is_left_out_is_empty_and_one_that_aws_does_not_have_an_error() -> None:
    session = boto3.Session(region_name="us-east-1")
    leave_fields_out(session)
    client = session.client("lambda", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        answer = {"FunctionName": "f", "VpcConfig": {"SubnetIds": ["s"]}}
        stub.add_response("get_function_configuration", answer)
        found = client.get_function_configuration(FunctionName="f")
    assert found["FunctionName"] == "f"
    assert found["Timeout"] is None
    assert found["Layers"] == []
    assert found["Environment"]["Variables"] == {}
    assert found["VpcConfig"]["SubnetIds"] == ["s"]
    assert found["VpcConfig"]["VpcId"] is None
    assert "Timeout" not in found
    assert found.get("Timeout", 3) == 3
    with pytest.raises(KeyError):
        found["TimeOut"]


def test_pages_are_answers_too() -> None:
    session = boto3.Session(region_name="us-east-1")
    leave_fields_out(session)
    client = session.client("lambda", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        stub.add_response("list_functions", {"NextMarker": "more"})
        stub.add_response("list_functions", {"Functions": [{"FunctionName": "f"}]})
        pages = list(client.get_paginator("list_functions").paginate())
    assert [page["Functions"] for page in pages] == [[], [{"FunctionName": "f"}]]
    assert pages[1]["Functions"][0]["Role"] is None
