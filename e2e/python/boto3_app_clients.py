"""boto3: app clients of a pool."""

import re

from checks import Checks, refused, same, true
from srp import secret_hash
from world import ADMIN, APP, app_client, name, person, pool, sign_in

check = Checks("boto3_app_clients")
POOL = pool()
ELSEWHERE = pool()


class Bare:
    """A client made with nothing but its name."""

    made: dict = {}


def described(client_id: str, pool_id: str = POOL) -> dict:
    """DescribeUserPoolClient's client."""
    return ADMIN.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)["UserPoolClient"]


@check("UP-26 a client needs only its name, and Describe shows what Create answered")
def _():
    Bare.made = ADMIN.create_user_pool_client(UserPoolId=POOL, ClientName="bare")["UserPoolClient"]
    same(described(Bare.made["ClientId"]), Bare.made, "described client")


@check("UP-26 a bare client has the documented defaults")
def _():
    made = Bare.made
    same((made["UserPoolId"], made["ClientName"]), (POOL, "bare"), "whose it is")
    same(made["RefreshTokenValidity"], 30, "refresh token validity")
    same(made["EnableTokenRevocation"], True, "revocation")
    same(made["AllowedOAuthFlowsUserPoolClient"], False, "OAuth")
    same(made["AuthSessionValidity"], 3, "session validity")
    true("ClientSecret" not in made, "no secret unless asked for")
    true("CallbackURLs" not in made and "ReadAttributes" not in made, "unset lists are left out")


@check("UP-9 client ids and secrets have their forms; a generated secret can be read again")
def _():
    made = app_client(POOL, GenerateSecret=True)
    true(re.fullmatch(r"[0-9a-z]{26}", made["ClientId"]), f"client id {made['ClientId']}")
    true(re.fullmatch(r"[0-9a-z]{50,52}", made["ClientSecret"]), "secret's form")
    same(described(made["ClientId"])["ClientSecret"], made["ClientSecret"], "secret")


@check("an update answers the client, resets what it leaves out and keeps id and secret")
def _():
    made = app_client(POOL, GenerateSecret=True, RefreshTokenValidity=5, AuthSessionValidity=10)
    answer = ADMIN.update_user_pool_client(UserPoolId=POOL, ClientId=made["ClientId"], ClientName="renamed",
                                           AccessTokenValidity=15, TokenValidityUnits={"AccessToken": "minutes"})
    after = described(made["ClientId"])
    same(answer["UserPoolClient"], after, "answer and description")
    same((after["ClientName"], after["AccessTokenValidity"]), ("renamed", 15), "what was asked for")
    same((after["RefreshTokenValidity"], after["AuthSessionValidity"]), (30, 3), "what was left out")
    same((after["ClientId"], after["ClientSecret"]), (made["ClientId"], made["ClientSecret"]), "what stays")


@check("ListUserPoolClients shows id, pool and name, and nothing else")
def _():
    pages = ADMIN.get_paginator("list_user_pool_clients").paginate(UserPoolId=POOL)
    listed = {entry["ClientId"]: entry for page in pages for entry in page["UserPoolClients"]}
    same(listed[Bare.made["ClientId"]],
         {"ClientId": Bare.made["ClientId"], "UserPoolId": POOL, "ClientName": "bare"}, "listed client")


@check("a client is known in its own pool only")
def _():
    text = f"User pool client {Bare.made['ClientId']} does not exist."
    with refused("ResourceNotFoundException", text):
        described(Bare.made["ClientId"], ELSEWHERE)
    with refused("ResourceNotFoundException", text):
        ADMIN.delete_user_pool_client(UserPoolId=ELSEWHERE, ClientId=Bare.made["ClientId"])
    same(described(Bare.made["ClientId"])["ClientName"], "bare", "the client is still there")


@check("flows of the old and the new kind do not mix")
def _():
    with refused("InvalidParameterException"):
        ADMIN.create_user_pool_client(UserPoolId=POOL, ClientName="mixed",
                                      ExplicitAuthFlows=["ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"])


@check("a client in a pool that is not there")
def _():
    with refused("ResourceNotFoundException", "User pool us-east-1_NoSuch123 does not exist."):
        ADMIN.create_user_pool_client(UserPoolId="us-east-1_NoSuch123", ClientName="lost")


@check("an app without credentials reads no client, and so no secret")
def _():
    with refused("MissingAuthenticationTokenException"):
        APP.describe_user_pool_client(UserPoolId=POOL, ClientId=Bare.made["ClientId"])


@check("UP-5 a deleted client leaves an empty answer, and nobody signs up through it")
def _():
    client_id = app_client(POOL)["ClientId"]
    meta = ADMIN.delete_user_pool_client(UserPoolId=POOL, ClientId=client_id)["ResponseMetadata"]
    same(meta["HTTPHeaders"].get("content-length"), "0", "content length")
    with refused("ResourceNotFoundException", f"User pool client {client_id} does not exist."):
        described(client_id)
    with refused("ResourceNotFoundException", f"User pool client {client_id} does not exist."):
        APP.sign_up(ClientId=client_id, Username=name("late"), Password="Corr3ct-Horse!")


@check("UP-28 AU-3 a second secret beside the first: both prove the client, then the first is deleted")
def _():
    made = app_client(POOL, GenerateSecret=True)
    client_id, ana = made["ClientId"], person(POOL)
    mine = {"UserPoolId": POOL, "ClientId": client_id}

    def signs_in(secret: str) -> None:
        sign_in(client_id, ana, SECRET_HASH=secret_hash(ana, client_id, secret))

    added = ADMIN.add_user_pool_client_secret(**mine)["ClientSecretDescriptor"]
    for secret in (made["ClientSecret"], added["ClientSecretValue"]):
        signs_in(secret)
    with refused("LimitExceededException", "Client secrets cannot exceed limit of 2 secrets."):
        ADMIN.add_user_pool_client_secret(**mine)
    listed = ADMIN.list_user_pool_client_secrets(**mine)["ClientSecrets"]
    same([set(one) for one in listed], [{"ClientSecretId", "ClientSecretCreateDate"}] * 2, "ids and dates only")
    old = next(one["ClientSecretId"] for one in listed if one["ClientSecretId"] != added["ClientSecretId"])
    ADMIN.delete_user_pool_client_secret(**mine, ClientSecretId=old)
    signs_in(added["ClientSecretValue"])
    with refused("NotAuthorizedException"):
        signs_in(made["ClientSecret"])
    with refused("InvalidParameterException"):
        ADMIN.delete_user_pool_client_secret(**mine, ClientSecretId=added["ClientSecretId"])
    true("ClientSecret" not in described(client_id), "the second one is never shown again")


check.close()
