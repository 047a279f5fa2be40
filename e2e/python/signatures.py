"""SigV4 as botocore makes it: what is accepted, and what each kind of wrong signature is told."""

import datetime
import json
import os
import ssl
import urllib.error
import urllib.request
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from checks import Checks, refused, same, true
from world import ADMIN, ENDPOINT, REGION, UUID, idp, name, pool

check = Checks("signatures")
POOL = pool()
TRUST = ssl.create_default_context(cafile=os.environ["E2E_AUTHORITY"])
ROOT = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
TARGET = "AWSCognitoIdentityProviderService."


def signed(body: bytes, credentials=ROOT, service: str = "cognito-idp", region: str = REGION, minutes: int = 0,
           operation: str = "DescribeUserPool") -> AWSRequest:
    """A request signed by botocore, if need be with a clock that is off by some minutes."""
    request = AWSRequest("POST", ENDPOINT + "/", data=body, headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + operation})
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=now):
        botocore.auth.SigV4Auth(credentials, service, region).add_auth(request)
    return request


def send(request: AWSRequest, body: bytes | None = None) -> tuple[int, dict]:
    """Sends it as it stands; the status and the JSON that came back."""
    prepared = request.prepare()
    raw = urllib.request.Request(prepared.url, data=body if body is not None else prepared.body,
                                 headers=dict(prepared.headers), method="POST")
    try:
        with urllib.request.urlopen(raw, context=TRUST, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        true(UUID.fullmatch(error.headers["x-amzn-RequestId"]), "UP-2 request id of a refusal")
        return error.code, json.loads(error.read() or b"{}")


BODY = json.dumps({"UserPoolId": POOL}).encode()


def turned_away(request: AWSRequest, code: str, body: bytes | None = None) -> str:
    """It must be refused with status 400 and this code; the sentence is handed back."""
    status, said = send(request, body)
    same((status, said.get("__type")), (400, code), f"answer ({said})")
    return said.get("message", "")


@check("CR-2 a good signature is taken")
def _():
    status, said = send(signed(BODY))
    same((status, said["UserPool"]["Id"]), (200, POOL), "answer")


@check("CR-4 one changed byte in the body, the target or the signature")
def _():
    text = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.")
    other = json.dumps({"UserPoolId": POOL[:-1] + ("x" if POOL[-1] != "x" else "y")}).encode()
    same(turned_away(signed(BODY), "InvalidSignatureException", other), text, "sentence")
    request = signed(BODY)
    request.headers.replace_header("X-Amz-Target", TARGET + "DeleteUserPool")
    turned_away(request, "InvalidSignatureException")
    request = signed(BODY)
    last = request.headers["Authorization"][-1]
    request.headers.replace_header("Authorization", request.headers["Authorization"][:-1] + ("0" if last != "0" else "1"))
    turned_away(request, "InvalidSignatureException")
    same(ADMIN.describe_user_pool(UserPoolId=POOL)["UserPool"]["Id"], POOL, "the pool is still there")


@check("a key nobody made, and a wrong secret")
def _():
    same(turned_away(signed(BODY, Credentials("AKIAIOSFODNN7EXAMPLE", "x" * 40)), "UnrecognizedClientException"),
         "The security token included in the request is invalid.", "sentence")
    turned_away(signed(BODY, Credentials(ROOT.access_key, "x" * 40)), "InvalidSignatureException")
    stranger = idp(aws_access_key_id=ROOT.access_key, aws_secret_access_key="x" * 40)
    with refused("InvalidSignatureException"):
        stranger.list_user_pools(MaxResults=1)


@check("a session token that nobody issued")
def _():
    stranger = idp(aws_access_key_id=ROOT.access_key, aws_secret_access_key=ROOT.secret_key, aws_session_token="made-up")
    with refused("UnrecognizedClientException"):
        stranger.list_user_pools(MaxResults=1)


@check("a signature made for another service")
def _():
    turned_away(signed(BODY, service="sts"), "InvalidSignatureException")


@check("CR-5 a clock four minutes off is taken, six minutes off is not, either way")
def _():
    for minutes in (-4, 4):
        same(send(signed(BODY, minutes=minutes))[0], 200, f"{minutes} minutes")
    text = turned_away(signed(BODY, minutes=-6), "InvalidSignatureException")
    true(text.startswith("Signature expired: ") and text.endswith("- 5 min.)"), text)
    text = turned_away(signed(BODY, minutes=6), "InvalidSignatureException")
    true(text.startswith("Signature not yet current: "), text)


@check("no signature, and half of one")
def _():
    request = signed(BODY)
    del request.headers["Authorization"]
    same(turned_away(request, "MissingAuthenticationTokenException"), "Missing Authentication Token", "sentence")
    request = signed(BODY)
    whole = request.headers["Authorization"]
    request.headers.replace_header("Authorization", whole[: whole.index(", Signature=")])
    turned_away(request, "IncompleteSignatureException")


@check("the signature is looked at before the request is")
def _():
    turned_away(signed(b'{"UserPoolId":"x y"}', Credentials(ROOT.access_key, "x" * 40)), "InvalidSignatureException")
    turned_away(signed(b'{"UserPoolId":"x y"}'), "InvalidParameterException")


@check("UP-1 an unknown operation, and bytes that are not JSON")
def _():
    turned_away(signed(b"{}", operation="DescribeNothing"), "UnknownOperationException")
    turned_away(signed(b'{"UserPoolId":'), "SerializationException")
    turned_away(signed(b'{"UserPoolId":7}'), "SerializationException")


@check("a request that is too large is refused in a way its sender can read")
def _():
    for size in (1_100_000, 10_000_000):
        try:
            idp(parameter_validation=False).sign_up(ClientId="abc", Username="a" * size, Password="Corr3ct-Horse!")
            raise AssertionError(f"accepted {size} bytes")
        except ADMIN.exceptions.ClientError as error:
            same(error.response["ResponseMetadata"]["HTTPStatusCode"], 413, f"status for {size} bytes")
            same(error.response["Error"]["Code"], "RequestEntityTooLargeException", "code")


@check("a pool lives in the region of the signature")
def _():
    west = idp(region_name="eu-west-1")
    made = west.create_user_pool(PoolName=name("west"))["UserPool"]
    true(made["Id"].startswith("eu-west-1_"), made["Id"])
    same(west.describe_user_pool(UserPoolId=made["Id"])["UserPool"]["Arn"].split(":")[3], "eu-west-1", "region")
    pages = west.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
    listed = [entry["Id"] for page in pages for entry in page["UserPools"]]
    true(made["Id"] in listed and POOL not in listed, "each region lists its own")
    with refused("ResourceNotFoundException"):
        ADMIN.describe_user_pool(UserPoolId=made["Id"])


check.close()
