"""Authlib: what an API behind Cognate checks a token with, in the library's own words: its ID token, its protector of
resources, and the introduction it reads (discovery, key set)."""

import types

import requests
from authlib.oauth2 import ResourceProtector
from authlib.oauth2.rfc6749.errors import MissingAuthorizationError, UnsupportedTokenTypeError
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc6750.errors import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import IDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from checks import Checks, same, true
from world import ADMIN, APP, ENDPOINT, app_client, person, pool, tokens

check = Checks("authlib")
POOL = pool()
CLIENT = app_client(POOL)["ClientId"]
ANA = person(POOL, "ana", email="ana@example.com")
ISSUER = f"{ENDPOINT}/{POOL}"
SCOPE = "aws.cognito.signin.user.admin"


def document(issuer: str = ISSUER) -> dict:
    """The issuer's discovery document."""
    answer = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10)
    answer.raise_for_status()
    return answer.json()


def keys(issuer: str = ISSUER) -> KeySet:
    """The keys that discovery names."""
    return KeySet.import_key_set(requests.get(document(issuer)["jwks_uri"], timeout=10).json())


KEYS = keys()


def id_claims(token: str, client: str = CLIENT, issuer: str = ISSUER, key_set: KeySet = KEYS) -> IDToken:
    """An ID token as the library validates it: signature, issuer, audience, times."""
    opened = jwt.decode(token, key_set, algorithms=["RS256"])
    rules = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client}}
    claims = IDToken(opened.claims, opened.header, rules)
    claims.validate()
    return claims


class Opened(JWTClaims):
    """An access token in the shape the library's bearer validator asks."""

    def is_expired(self) -> bool:
        """`validate` has looked already."""
        return False

    def is_revoked(self) -> bool:
        """As a careful API does: the server is asked."""
        try:
            APP.get_user(AccessToken=self.params["text"])
        except (APP.exceptions.NotAuthorizedException, APP.exceptions.UserNotFoundException):
            return True
        return False

    def get_scope(self) -> str:
        """What it is good for."""
        return self["scope"]


class Validator(BearerTokenValidator):
    """Cognito's access tokens have `client_id` where RFC 9068 has `aud`."""

    def authenticate_token(self, token_string):
        rules = {"iss": {"essential": True, "value": ISSUER}, "client_id": {"essential": True, "value": CLIENT},
                 "token_use": {"essential": True, "value": "access"}}
        try:
            opened = jwt.decode(token_string, KEYS, algorithms=["RS256"])
            claims = Opened(opened.claims, opened.header, rules, {"text": token_string})
            claims.validate()
        except (JoseError, ValueError) as error:
            raise InvalidTokenError() from error
        return claims


PROTECTOR = ResourceProtector()
PROTECTOR.register_token_validator(Validator())


def knock(header: str | None, scopes: list[str]) -> Opened:
    """A request to the protected API."""
    return PROTECTOR.validate_request(scopes, types.SimpleNamespace(headers={"Authorization": header} if header else {}))


def refused(kind: type[Exception], call) -> None:
    """The call must fail in this way."""
    try:
        call()
    except kind:
        return
    raise AssertionError(f"expected {kind.__name__}, but it was let through")


@check("TK-2 an ID token is a valid OpenID Connect ID token")
def _():
    claims = id_claims(tokens(CLIENT, ANA)["IdToken"])
    same((claims["cognito:username"], claims["email"], claims["token_use"]), (ANA, "ana@example.com", "id"), "claims")
    true(isinstance(claims["auth_time"], int), "auth_time is a number")


@check("TK-2 another audience, another issuer and another pool's keys make none")
def _():
    token = tokens(CLIENT, ANA)["IdToken"]
    refused(JoseError, lambda: id_claims(token, client=app_client(POOL)["ClientId"]))
    elsewhere = f"{ENDPOINT}/{pool()}"
    refused(JoseError, lambda: id_claims(token, issuer=elsewhere))
    refused((JoseError, ValueError), lambda: id_claims(token, key_set=keys(elsewhere)))


@check("an access token opens the API for its scope, and the API knows whose it is")
def _():
    opened = knock(f"Bearer {tokens(CLIENT, ANA)['AccessToken']}", [SCOPE])
    same((opened["username"], opened["client_id"]), (ANA, CLIENT), "whose")
    true(not opened.is_revoked(), "the server agrees")


@check("another scope, an ID token, a changed token and none are refused, each in the words of RFC 6750")
def _():
    result = tokens(CLIENT, ANA)
    head, body, signature = result["AccessToken"].split(".")
    changed = f"{head}.{body}.{('A' if signature[0] != 'A' else 'B') + signature[1:]}"
    refused(InsufficientScopeError, lambda: knock(f"Bearer {result['AccessToken']}", ["orders/write"]))
    refused(InvalidTokenError, lambda: knock(f"Bearer {result['IdToken']}", [SCOPE]))
    refused(InvalidTokenError, lambda: knock(f"Bearer {changed}", [SCOPE]))
    refused(MissingAuthorizationError, lambda: knock(None, [SCOPE]))
    refused(UnsupportedTokenTypeError, lambda: knock("Basic YTpi", [SCOPE]))


@check("AU-35 a revoked access token no longer opens an API that asks")
def _():
    result = tokens(CLIENT, ANA)
    knock(f"Bearer {result['AccessToken']}", [SCOPE])
    APP.revoke_token(ClientId=CLIENT, Token=result["RefreshToken"])
    refused(InvalidTokenError, lambda: knock(f"Bearer {result['AccessToken']}", [SCOPE]))


@check("a deleted person's access token no longer opens an API that asks")
def _():
    bob = person(POOL, "bob")
    result = tokens(CLIENT, bob)
    knock(f"Bearer {result['AccessToken']}", [SCOPE])
    ADMIN.admin_delete_user(UserPoolId=POOL, Username=bob)
    refused(InvalidTokenError, lambda: knock(f"Bearer {result['AccessToken']}", [SCOPE]))


@check("the validator of RFC 9068 refuses what has no audience: such an API checks client_id instead")
def _():
    class Strict(JWTBearerTokenValidator):
        """The library's own, for access tokens with an audience."""

        def get_jwks(self):
            return KEYS

    protector = ResourceProtector()
    protector.register_token_validator(Strict(issuer=ISSUER, resource_server="https://api.example.com"))
    request = types.SimpleNamespace(headers={"Authorization": f"Bearer {tokens(CLIENT, ANA)['AccessToken']}"})
    refused(InvalidTokenError, lambda: protector.validate_request([SCOPE], request))


@check("discovery is metadata the library accepts for the keys it names")
def _():
    said = AuthorizationServerMetadata(document())
    said.validate_issuer()
    said.validate_jwks_uri()
    same(said["issuer"], ISSUER, "issuer")


check.close()
