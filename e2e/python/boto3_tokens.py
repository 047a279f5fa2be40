"""boto3: what tokens are good for at the server: profile, refresh, revocation, sign-out."""

import jwt

from checks import Checks, refused, same, true
from srp import secret_hash
from world import ADMIN, APP, PASSWORD, app_client, attributes, person, pool, sign_in, tokens

check = Checks("boto3_tokens")
POOL = pool()
CLIENT = app_client(POOL)["ClientId"]
ANA = person(POOL, "ana", email="ana@example.com")
REVOKED = ("NotAuthorizedException", "Access Token has been revoked")
NOT_OURS = ("NotAuthorizedException", "Invalid Access Token")


def refresh(token: str, client_id: str = CLIENT, flow: str = "REFRESH_TOKEN_AUTH", **more) -> dict:
    """The result of a refresh."""
    return APP.initiate_auth(ClientId=client_id, AuthFlow=flow,
                             AuthParameters={"REFRESH_TOKEN": token} | more)["AuthenticationResult"]


def claims(token: str) -> dict:
    """What a token says; `pyjwt_verify.py` proves that it may."""
    return jwt.decode(token, options={"verify_signature": False})


def profile(result: dict) -> dict:
    """GetUser."""
    return APP.get_user(AccessToken=result["AccessToken"])


@check("GetUser shows the person's own attributes")
def _():
    seen = profile(tokens(CLIENT, ANA))
    same(seen["Username"], ANA, "name")
    held = attributes(seen["UserAttributes"])
    same(held["email"], "ana@example.com", "email")
    same(held["sub"], claims(tokens(CLIENT, ANA)["IdToken"])["sub"], "sub")


@check("TK-21 what is not an access token of ours opens nothing")
def _():
    result = tokens(CLIENT, ANA)
    head, body, signature = result["AccessToken"].split(".")
    forged = jwt.encode(claims(result["AccessToken"]), "x" * 32, algorithm="HS256",
                        headers={"kid": jwt.get_unverified_header(result["AccessToken"])["kid"]})
    unsigned = jwt.encode(claims(result["AccessToken"]), None, algorithm="none")
    other = "A" if signature[0] != "A" else "B"
    for name, token in (("an ID token", result["IdToken"]), ("garbage", "garbage"), ("alg none", unsigned),
                        ("HS256", forged), ("a changed signature", f"{head}.{body}.{other}{signature[1:]}"),
                        ("a cut one", result["AccessToken"][:-10]), ("two parts", f"{head}.{body}")):
        try:
            with refused(*NOT_OURS):
                APP.get_user(AccessToken=token)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from None


@check("TK-11 TK-12 a refresh by either name keeps the sign-in and renews the tokens")
def _():
    first = tokens(CLIENT, ANA)
    for flow in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
        again = refresh(first["RefreshToken"], flow=flow)
        same(set(again), {"AccessToken", "IdToken", "ExpiresIn", "TokenType"}, f"AU-1 members after {flow}")
        for kind in ("AccessToken", "IdToken"):
            before, after = claims(first[kind]), claims(again[kind])
            for kept in ("sub", "origin_jti", "auth_time", "iss"):
                same(after[kept], before[kept], kept)
            true(after["jti"] != before["jti"] and after["iat"] >= before["iat"], "renewed")
        same(profile(again)["Username"], ANA, "person")


@check("a refresh through the administrators' twin")
def _():
    answer = ADMIN.admin_initiate_auth(UserPoolId=POOL, ClientId=CLIENT, AuthFlow="REFRESH_TOKEN_AUTH",
                                       AuthParameters={"REFRESH_TOKEN": tokens(CLIENT, ANA)["RefreshToken"]})
    same(profile(answer["AuthenticationResult"])["Username"], ANA, "person")


@check("TK-16 a refresh with another client's token or with garbage is refused")
def _():
    mine = tokens(CLIENT, ANA)["RefreshToken"]
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        refresh(mine, app_client(POOL)["ClientId"])
    for strange in ("garbage", mine[:-8], mine + "AAAA", tokens(CLIENT, ANA)["AccessToken"]):
        with refused("NotAuthorizedException", "Invalid Refresh Token"):
            refresh(strange)
    same(profile(refresh(mine))["Username"], ANA, "the token itself still works")


@check("a client with a secret refreshes with the hash over the person's name")
def _():
    made = app_client(POOL, GenerateSecret=True)
    client_id, secret = made["ClientId"], made["ClientSecret"]
    proof = secret_hash(ANA, client_id, secret)
    token = sign_in(client_id, ANA, SECRET_HASH=proof)["AuthenticationResult"]["RefreshToken"]
    with refused("NotAuthorizedException"):
        refresh(token, client_id)
    same(profile(refresh(token, client_id, SECRET_HASH=proof))["Username"], ANA, "person")


@check("TK-10 validity settings move exp and ExpiresIn exactly")
def _():
    client_id = app_client(POOL, AccessTokenValidity=300, IdTokenValidity=90, RefreshTokenValidity=2,
                           TokenValidityUnits={"AccessToken": "seconds", "IdToken": "minutes",
                                               "RefreshToken": "hours"})["ClientId"]
    result = tokens(client_id, ANA)
    same(result["ExpiresIn"], 300, "ExpiresIn")
    for kind, seconds in (("AccessToken", 300), ("IdToken", 5400)):
        said = claims(result[kind])
        same(said["exp"] - said["iat"], seconds, kind)


@check("TK-16 TK-18 RevokeToken ends the family, only that one, and may be said twice")
def _():
    gone, kept = tokens(CLIENT, ANA), tokens(CLIENT, ANA)
    for _ in range(2):
        same(set(APP.revoke_token(Token=gone["RefreshToken"], ClientId=CLIENT)), {"ResponseMetadata"}, "members")
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(gone["RefreshToken"])
    with refused(*REVOKED):
        profile(gone)
    same(profile(refresh(kept["RefreshToken"]))["Username"], ANA, "the other sign-in")


@check("AU-35 RevokeToken refuses what it cannot revoke, and takes garbage in silence")
def _():
    result = tokens(CLIENT, ANA)
    with refused("UnsupportedTokenTypeException"):
        APP.revoke_token(Token=result["AccessToken"], ClientId=CLIENT)
    with refused("UnauthorizedException"):
        APP.revoke_token(Token=result["RefreshToken"], ClientId=app_client(POOL)["ClientId"])
    APP.revoke_token(Token="garbage", ClientId=CLIENT)
    same(profile(refresh(result["RefreshToken"]))["Username"], ANA, "still signed in")


@check("AU-35 TK-20 a client without revocation says so, and its tokens carry no origin")
def _():
    client_id = app_client(POOL, EnableTokenRevocation=False)["ClientId"]
    result = tokens(client_id, ANA)
    true("origin_jti" not in claims(result["AccessToken"]), "no origin_jti")
    with refused("UnsupportedOperationException"):
        APP.revoke_token(Token=result["RefreshToken"], ClientId=client_id)


@check("TK-19 GlobalSignOut ends every sign-in of the person, and the next one in the same second works")
def _():
    here, there = tokens(CLIENT, ANA), tokens(CLIENT, ANA)
    other = person(POOL, "bob")
    unaffected = tokens(CLIENT, other)
    same(set(APP.global_sign_out(AccessToken=here["AccessToken"])), {"ResponseMetadata"}, "members")
    after = tokens(CLIENT, ANA)
    for result in (here, there):
        with refused(*REVOKED):
            profile(result)
        with refused("NotAuthorizedException"):
            refresh(result["RefreshToken"])
    same(profile(after)["Username"], ANA, "the sign-in after")
    same(profile(refresh(unaffected["RefreshToken"]))["Username"], other, "somebody else")
    with refused(*REVOKED):
        APP.global_sign_out(AccessToken=here["AccessToken"])


@check("AU-36 a deleted person's tokens open nothing")
def _():
    leaving = person(POOL, "leaving")
    result = tokens(CLIENT, leaving)
    ADMIN.admin_delete_user(UserPoolId=POOL, Username=leaving)
    try:
        profile(result)
        raise AssertionError("the token of a deleted person still opens the profile")
    except APP.exceptions.ClientError as error:
        true(error.response["Error"]["Code"] in ("UserNotFoundException", "NotAuthorizedException"), str(error))
    with refused("NotAuthorizedException"):
        refresh(result["RefreshToken"])


def renewed(token: str, client_id: str, **more) -> dict:
    """GetTokensFromRefreshToken's result."""
    return APP.get_tokens_from_refresh_token(RefreshToken=token, ClientId=client_id, **more)["AuthenticationResult"]


@check("TK-12 TK-13 GetTokensFromRefreshToken without rotation, with the secret itself")
def _():
    first = tokens(CLIENT, ANA)["RefreshToken"]
    for _ in range(2):
        again = renewed(first, CLIENT)
        true("RefreshToken" not in again, "no new refresh token")
        same(profile(again)["Username"], ANA, "person")
    made = app_client(POOL, GenerateSecret=True)
    client_id, secret = made["ClientId"], made["ClientSecret"]
    proof = secret_hash(ANA, client_id, secret)
    token = sign_in(client_id, ANA, SECRET_HASH=proof)["AuthenticationResult"]["RefreshToken"]
    same(profile(renewed(token, client_id, ClientSecret=secret))["Username"], ANA, "person")
    for wrong in ({}, {"ClientSecret": "x" * 30}):
        with refused("NotAuthorizedException", f"Unable to verify secret for client {client_id}"):
            renewed(token, client_id, **wrong)


def rotating(grace: int) -> str:
    """A client that rotates."""
    return app_client(POOL, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
                      RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": grace})["ClientId"]


@check("TK-14 TK-15 with rotation each refresh brings the next token, and within the grace the used one once more")
def _():
    client_id = rotating(60)
    first = tokens(client_id, ANA)
    second = renewed(first["RefreshToken"], client_id)
    true(second["RefreshToken"] != first["RefreshToken"], "another token")
    same(claims(second["AccessToken"])["origin_jti"], claims(first["AccessToken"])["origin_jti"], "sign-in")
    same(renewed(first["RefreshToken"], client_id)["RefreshToken"], second["RefreshToken"], "a lost answer, recovered")
    same(profile(renewed(second["RefreshToken"], client_id))["Username"], ANA, "person")


@check("TK-14 without grace a used token is told apart by its class, and the sign-in is over")
def _():
    client_id = rotating(0)
    first = tokens(client_id, ANA)
    second = renewed(first["RefreshToken"], client_id)
    try:
        renewed(first["RefreshToken"], client_id)
        raise AssertionError("a used token was taken again")
    except APP.exceptions.RefreshTokenReuseException:
        pass
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        renewed(second["RefreshToken"], client_id)
    with refused(*REVOKED):
        profile(second)


@check("TK-12 UP-27 rotation and the older flow exclude each other")
def _():
    client_id = rotating(0)
    with refused("InvalidParameterException", "Auth flow not enabled for this client"):
        refresh(tokens(client_id, ANA)["RefreshToken"], client_id)
    with refused("InvalidParameterException"):
        app_client(POOL, RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0})


check.close()
