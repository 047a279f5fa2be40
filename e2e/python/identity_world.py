"""Identity pools as a check needs them: user pools behind, roles that trust them, and their credentials at work."""

import json
import os
import pathlib
import time

import boto3
import jwt
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from world import ADMIN, ENDPOINT, REGION, app_client, name, person, pool, tokens

ACCOUNT = "123456789012"
SERVICE = "cognito-identity.amazonaws.com"
# A session counts on every node within two seconds of its end.
SECONDS_MAX = 2.0


def client(service: str, credentials: dict | None = None, **options):
    """A client of a service: with the environment's key, or with these credentials. One attempt per call."""
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, **options)
    return boto3.client(service, endpoint_url=ENDPOINT, config=config, **(signing(credentials) if credentials else {}))


def signing(key: dict) -> dict:
    """Credentials as boto3 takes them, from an answer of an identity pool, of IAM or of STS."""
    given = {"aws_access_key_id": key["AccessKeyId"],
             "aws_secret_access_key": key.get("SecretKey") or key.get("SecretAccessKey")}
    return given | ({"aws_session_token": key["SessionToken"]} if "SessionToken" in key else {})


# The operator, and an app, which has no key.
IDENTITY, IAM, STS = client("cognito-identity"), client("iam"), client("sts")
GUEST, NOBODY = (client(service, signature_version=UNSIGNED) for service in ("cognito-identity", "sts"))


def answer(response: dict) -> dict:
    """An answer without what the SDK adds to it."""
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}


def document(*statements: dict) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more) -> dict:
    """One statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def trust(pool_id: str, amr: str, *actions: str) -> str:
    """What a role says to be handed out by one identity pool, to those who signed in or to guests."""
    return document({
        "Effect": "Allow", "Principal": {"Federated": SERVICE},
        "Action": ["sts:AssumeRoleWithWebIdentity", *actions],
        "Condition": {"StringEquals": {f"{SERVICE}:aud": pool_id},
                      "ForAnyValue:StringLike": {f"{SERVICE}:amr": amr}},
    })


def role(trusting: str, *statements: dict) -> str:
    """A role with this trust and one policy; its ARN."""
    made = name("role")
    arn = IAM.create_role(RoleName=made, AssumeRolePolicyDocument=trusting)["Role"]["Arn"]
    if statements:
        IAM.put_role_policy(RoleName=made, PolicyName="only", PolicyDocument=document(*statements))
    return arn


def role_name(arn: str) -> str:
    """The last part of a role's ARN."""
    return arn.rsplit("/", 1)[-1]


def identity_pool(**settings) -> str:
    """A fresh identity pool's id; guests are let in unless said otherwise."""
    settings = {"IdentityPoolName": name("identities"), "AllowUnauthenticatedIdentities": True} | settings
    return IDENTITY.create_identity_pool(**settings)["IdentityPoolId"]


def user_pool_arn(pool_id: str) -> str:
    """A user pool's ARN."""
    return ADMIN.describe_user_pool(UserPoolId=pool_id)["UserPool"]["Arn"]


def claims(token: str) -> dict:
    """What a token says, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


class People:
    """A user pool with an app client: whose sign-ins an identity pool takes."""

    def __init__(self):
        self.pool = pool()
        self.client = app_client(self.pool)["ClientId"]
        self.aws_key = f"cognito-idp.{REGION}.amazonaws.com/{self.pool}"

    def provider(self, client_id: str | None = None, **more) -> dict:
        """The pool as a provider of an identity pool, under AWS's name of it."""
        return {"ProviderName": self.aws_key, "ClientId": client_id or self.client} | more

    def sign_in(self, username: str, client_id: str | None = None) -> str:
        """A fresh ID token."""
        return tokens(client_id or self.client, username)["IdToken"]

    def login(self, username: str | None = None) -> dict:
        """The logins of a person, a new one unless named; keyed as Amplify does, by the issuer without its scheme."""
        return by_issuer(self.sign_in(username or person(self.pool)))


def by_issuer(token: str) -> dict:
    """A login keyed by the token's own issuer."""
    return {claims(token)["iss"].removeprefix("https://"): token}


class Stage:
    """A user pool and an identity pool together, and a role each for guests and for those who signed in."""

    def __init__(self, signed_in: tuple = (), guest: tuple = (), **settings):
        self.people = People()
        providers = [self.people.provider(**settings.pop("provider", {}))]
        self.pool = identity_pool(CognitoIdentityProviders=providers, **settings)
        self.signed_in = role(trust(self.pool, "authenticated"), *signed_in)
        self.guest = role(trust(self.pool, "unauthenticated"), *guest)
        self.roles = {"authenticated": self.signed_in, "unauthenticated": self.guest}
        IDENTITY.set_identity_pool_roles(IdentityPoolId=self.pool, Roles=self.roles)

    def get_id(self, logins: dict | None = None) -> str:
        """The identity of these logins; a new guest without any."""
        more = {"Logins": logins} if logins is not None else {}
        return GUEST.get_id(IdentityPoolId=self.pool, **more)["IdentityId"]

    def enter(self, logins: dict | None = None) -> tuple[str, dict]:
        """The identity of these logins and its credentials."""
        identity = self.get_id(logins)
        given = credentials(identity, logins)
        return given["IdentityId"], given["Credentials"]


def credentials(identity: str, logins: dict | None = None, **more) -> dict:
    """GetCredentialsForIdentity's answer."""
    return GUEST.get_credentials_for_identity(IdentityId=identity, **({"Logins": logins} if logins else {}), **more)


def whoami(given: dict) -> str:
    """The ARN of whom credentials belong to."""
    return client("sts", given).get_caller_identity()["Arn"]


def looks(given: dict, pool_id: str) -> str:
    """A signed call with credentials, which needs a right; the id it answered."""
    return client("cognito-idp", given).describe_user_pool(UserPoolId=pool_id)["UserPool"]["Id"]


def code_of(ask) -> str:
    """The error code of a call; nothing for a success."""
    try:
        ask()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def ends(given: dict, pool_id: str, as_role: bool = False) -> None:
    """The credentials stop being taken, soon, and for good. Those of an identity that is over are told to be expired, so
    that SDKs ask for others; those of a role that is gone, that nobody knows them."""
    wanted, end = ("UnrecognizedClientException" if as_role else "ExpiredTokenException"), time.monotonic() + SECONDS_MAX
    while (told := code_of(lambda: looks(given, pool_id))) != wanted:
        if time.monotonic() > end:
            raise AssertionError(f"after {SECONDS_MAX} s the credentials still say {told or 'yes'}")
        time.sleep(0.05)
    told = code_of(lambda: looks(given, pool_id))
    if told != wanted:
        raise AssertionError(f"once refused, then {told or 'taken'} again")


def pages(ask, member: str, size: int, **members) -> list[dict]:
    """Everything a paged operation lists, page by page."""
    listed, token = [], None
    while True:
        page = ask(MaxResults=size, **members, **({"NextToken": token} if token else {}))
        if len(page[member]) > size:
            raise AssertionError(f"a page of {len(page[member])}, {size} were asked for")
        listed += page[member]
        token = page.get("NextToken")
        if not token:
            return listed


def logged(*words: str) -> None:
    """A line of the server's log holds these words: what operators are told and callers are not."""
    log, end = pathlib.Path(os.environ["E2E_WORK"]) / "server.log", time.monotonic() + 5
    while not any(all(word in line for word in words) for line in log.read_text(errors="replace").splitlines()):
        if time.monotonic() > end:
            raise AssertionError(f"no line of the log has {words}")
        time.sleep(0.05)
