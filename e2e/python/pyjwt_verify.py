"""PyJWT: a stranger's library verifies the tokens, and the claims are exactly the documented ones."""

import json
import os
import ssl
import urllib.error
import urllib.request

import jwt

from checks import Checks, same, true
from world import ENDPOINT, UUID, app_client, person, pool, tokens

check = Checks("pyjwt")
POOL = pool(Schema=[{"Name": "plan", "AttributeDataType": "String", "Mutable": True}])
CLIENT = app_client(POOL)["ClientId"]
ANA = person(POOL, "ana", email="ana@example.com", email_verified="true", given_name="Ana", **{"custom:plan": "7"})
ISSUER = f"{ENDPOINT}/{POOL}"
TRUST = ssl.create_default_context(cafile=os.environ["E2E_AUTHORITY"])
RESULT = tokens(CLIENT, ANA)
COMMON = {"sub", "iss", "token_use", "auth_time", "iat", "exp", "jti", "origin_jti", "event_id"}


def document(issuer: str, name: str) -> dict:
    """One of the issuer's public documents."""
    with urllib.request.urlopen(f"{issuer}/.well-known/{name}", context=TRUST, timeout=10) as answer:
        return json.load(answer)


def keys(issuer: str = ISSUER) -> jwt.PyJWKClient:
    """The library's own key client, pointed at what discovery names."""
    return jwt.PyJWKClient(document(issuer, "openid-configuration")["jwks_uri"], ssl_context=TRUST)


KEYS = keys()


def verified(token: str, **rules) -> dict:
    """The claims, once signature, issuer, expiry and audience are proved."""
    rules = {"algorithms": ["RS256"], "issuer": ISSUER} | rules
    return jwt.decode(token, KEYS.get_signing_key_from_jwt(token), **rules)


def refused(kind: type[Exception], call) -> None:
    """The call must fail in this way."""
    try:
        call()
    except kind:
        return
    raise AssertionError(f"expected {kind.__name__}, but it verified")


@check("TK-1 the header holds kid and alg alone; ID and access token name two published keys")
def _():
    heads = [jwt.get_unverified_header(RESULT[kind]) for kind in ("IdToken", "AccessToken")]
    for head in heads:
        same((set(head), head["alg"]), ({"kid", "alg"}, "RS256"), "header")
        same((len(head["kid"]), head["kid"][-1]), (44, "="), "kid's form")
    published = {key["kid"] for key in document(ISSUER, "jwks.json")["keys"]}
    true(heads[0]["kid"] != heads[1]["kid"] and {head["kid"] for head in heads} <= published, "two published keys")


@check("TK-2 TK-3 the ID token verifies and holds exactly its claims, with their types")
def _():
    claims = verified(RESULT["IdToken"], audience=CLIENT)
    same(set(claims), COMMON | {"aud", "cognito:username", "email", "email_verified", "given_name", "custom:plan"},
         "claims")
    same((claims["token_use"], claims["cognito:username"], claims["aud"]), ("id", ANA, CLIENT), "whose")
    same((claims["email_verified"], claims["custom:plan"], claims["given_name"]), (True, "7", "Ana"), "attributes")


@check("TK-2 TK-4 the access token verifies and holds exactly its claims")
def _():
    claims = verified(RESULT["AccessToken"])
    same(set(claims), COMMON | {"client_id", "username", "scope"}, "claims")
    same((claims["token_use"], claims["username"], claims["client_id"], claims["scope"]),
         ("access", ANA, CLIENT, "aws.cognito.signin.user.admin"), "whose")


@check("TK-5 both tokens of one sign-in belong together, and each is its own")
def _():
    one, two = verified(RESULT["IdToken"], audience=CLIENT), verified(RESULT["AccessToken"])
    for member in ("origin_jti", "event_id", "auth_time", "iat", "sub"):
        same(one[member], two[member], member)
    true(one["jti"] != two["jti"], "jti")
    for member in ("jti", "origin_jti", "event_id", "sub"):
        true(UUID.fullmatch(two[member]), f"{member} is a UUID: {two[member]}")
    for member in ("auth_time", "iat", "exp"):
        true(type(two[member]) is int, f"{member} is an integer")
    same(two["exp"] - two["iat"], 3600, "lifetime")


@check("TK-2 another client's audience, a missing one and another issuer do not verify")
def _():
    refused(jwt.InvalidAudienceError, lambda: verified(RESULT["IdToken"], audience=app_client(POOL)["ClientId"]))
    refused(jwt.MissingRequiredClaimError, lambda: verified(RESULT["AccessToken"], audience=CLIENT))
    refused(jwt.InvalidIssuerError, lambda: verified(RESULT["AccessToken"], issuer=f"{ENDPOINT}/us-east-1_NoSuch123"))


@check("a changed token does not verify, and another pool has no key for it")
def _():
    head, body, signature = RESULT["AccessToken"].split(".")
    changed = f"{head}.{body}.{('A' if signature[0] != 'A' else 'B') + signature[1:]}"
    refused(jwt.InvalidSignatureError, lambda: verified(changed))
    elsewhere = keys(f"{ENDPOINT}/{pool()}")
    refused(jwt.PyJWKClientError, lambda: elsewhere.get_signing_key_from_jwt(RESULT["AccessToken"]))


@check("discovery says what the issuer really does")
def _():
    said = document(ISSUER, "openid-configuration")
    same((said["issuer"], said["jwks_uri"]), (ISSUER, f"{ISSUER}/.well-known/jwks.json"), "addresses")
    same((said["id_token_signing_alg_values_supported"], said["subject_types_supported"]), (["RS256"], ["public"]),
         "kinds")


@check("a pool that was never made has neither keys nor discovery")
def _():
    for name in ("jwks.json", "openid-configuration"):
        try:
            document(f"{ENDPOINT}/us-east-1_NoSuch123", name)
            raise AssertionError(f"{name} of a pool that was never made")
        except urllib.error.HTTPError as error:
            same(error.code, 404, name)


check.close()
