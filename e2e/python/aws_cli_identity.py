"""`aws_cli_identity.py AWS`: an identity pool from the command line, and its credentials in a profile of their own."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from checks import Checks, same, true
from identity_world import People, allow, claims, identity_pool, role, role_name, trust, user_pool_arn
from world import ENDPOINT, REGION, name, person

AWS = sys.argv[1]
check = Checks("aws_cli_v2_identity" if AWS == "/usr/bin/aws" else "aws_cli_identity")
HOME = pathlib.Path(tempfile.mkdtemp(prefix="identity-"))
PEOPLE = People()


def aws(*words: str, keys: dict | None = None) -> tuple[int, str]:
    """The command line, with the operator's key or these, and no other; exit code and what it printed."""
    told = os.environ | {"HOME": str(HOME), "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1"}
    if keys is not None:
        told = {key: value for key, value in told.items() if key not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
        told |= {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretKey"],
                 "AWS_SESSION_TOKEN": keys["SessionToken"]} if keys else {}
    done = subprocess.run([AWS, "--endpoint-url", ENDPOINT, "--output", "json", *words], env=told, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, timeout=90)
    return done.returncode, done.stdout + done.stderr


def said(*words: str, **more) -> dict:
    """What a command that has to work answered."""
    code, printed = aws(*words, **more)
    true(code == 0, f"{words}: {printed}")
    return json.loads(printed) if printed.strip() else {}


def refused(code: str, *words: str, sentence: str = "", **more) -> None:
    """A command that has to be refused with this code and these words."""
    exit_code, printed = aws(*words, **more)
    true(exit_code != 0 and f"({code})" in printed and sentence in printed, f"{code} was expected: {printed}")


class Story:
    """What one check made and a later one needs."""

    pool = token = ""
    roles: dict = {}


@check("ID-1 ID-34 create, describe, list, update: what was told is shown, what was left out is reset")
def _():
    provider = f"ProviderName={PEOPLE.aws_key},ClientId={PEOPLE.client},ServerSideTokenCheck=true"
    made = said("cognito-identity", "create-identity-pool", "--identity-pool-name", "shop",
                "--allow-unauthenticated-identities", "--cognito-identity-providers", provider, "--developer-provider-name", "login.shop",
                "--supported-login-providers", "graph.facebook.com=7", "--identity-pool-tags", "team=shop")
    Story.pool = made["IdentityPoolId"]
    named = ("cognito-identity", "describe-identity-pool", "--identity-pool-id", Story.pool)
    same(said(*named), made, "described")
    same(made["CognitoIdentityProviders"], [PEOPLE.provider(ServerSideTokenCheck=True)], "providers")
    listed = said("cognito-identity", "list-identity-pools", "--max-results", "60")["IdentityPools"]
    true({"IdentityPoolId": Story.pool, "IdentityPoolName": "shop"} in listed, "listed")
    said("cognito-identity", "update-identity-pool", "--identity-pool-id", Story.pool, "--identity-pool-name", "shop",
         "--allow-unauthenticated-identities", "--cognito-identity-providers", provider)
    shown = said(*named)
    true("SupportedLoginProviders" not in shown, "providers are cleared")
    same((shown["DeveloperProviderName"], shown["IdentityPoolTags"]), ("login.shop", {"team": "shop"}), "kept")


@check("ID-2 a name that cannot be, and a pool that is not there, in the CLI's own words")
def _():
    refused("ValidationException", "cognito-identity", "create-identity-pool", "--identity-pool-name", "no!",
            "--no-allow-unauthenticated-identities", sentence="Value 'no!' at 'identityPoolName' failed")
    refused("ResourceNotFoundException", "cognito-identity", "describe-identity-pool", "--identity-pool-id",
            f"{REGION}:00000000-0000-4000-8000-000000000000")


@check("roles are attached and shown; a mapping of an unknown provider is refused")
def _():
    Story.roles = {amr: role(trust(Story.pool, amr), allow("cognito-idp:DescribeUserPool", user_pool_arn(PEOPLE.pool)))
                   for amr in ("authenticated", "unauthenticated")}
    pairs = ",".join(f"{amr}={arn}" for amr, arn in Story.roles.items())
    ours = ("--identity-pool-id", Story.pool)
    said("cognito-identity", "set-identity-pool-roles", *ours, "--roles", pairs)
    same(said("cognito-identity", "get-identity-pool-roles", *ours)["Roles"], Story.roles, "roles")
    mapping = json.dumps({"accounts.google.com": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}})
    refused("InvalidParameterException", "cognito-identity", "set-identity-pool-roles", *ours, "--roles", pairs,
            "--role-mappings", mapping, sentence="accounts.google.com is not a valid RoleMapping ProviderName")


@check("ID-36 tag, list and untag by ARN")
def _():
    account = Story.roles["authenticated"].split(":")[4]
    ours = ("--resource-arn", f"arn:aws:cognito-identity:{REGION}:{account}:identitypool/{Story.pool}")
    said("cognito-identity", "tag-resource", *ours, "--tags", "stage=test")
    said("cognito-identity", "untag-resource", *ours, "--tag-keys", "team")
    same(said("cognito-identity", "list-tags-for-resource", *ours)["Tags"], {"stage": "test"}, "tags")


def look(keys: dict, pool_id: str) -> tuple[int, str]:
    """A call the roles allow for one user pool."""
    return aws("cognito-idp", "describe-user-pool", "--user-pool-id", pool_id, "--query", "UserPool.Id", keys=keys)


@check("ID-5 ID-7 without any key: a guest's identity, and credentials that may what the role may")
def _():
    made = said("cognito-identity", "get-id", "--identity-pool-id", Story.pool, keys={})
    given = said("cognito-identity", "get-credentials-for-identity", "--identity-id", made["IdentityId"], keys={})
    same(given["IdentityId"], made["IdentityId"], "identity")
    keys = given["Credentials"]
    who = said("sts", "get-caller-identity", keys=keys)["Arn"]
    true(who.endswith(f":assumed-role/{role_name(Story.roles['unauthenticated'])}/CognitoIdentityCredentials"), who)
    same(look(keys, PEOPLE.pool)[0], 0, "allowed")
    code, printed = look(keys, People().pool)
    true(code != 0 and "(AccessDeniedException)" in printed, printed)
    closed = identity_pool(AllowUnauthenticatedIdentities=False)
    refused("NotAuthorizedException", "cognito-identity", "get-id", "--identity-pool-id", closed, keys={},
            sentence="Unauthenticated access is not supported for this identity pool.")


@check("ID-8 ID-33 a person's token is an identity; its credentials end when it is deleted")
def _():
    logins = ("--logins", f"{PEOPLE.aws_key}={PEOPLE.sign_in(person(PEOPLE.pool))}")
    identity = said("cognito-identity", "get-id", "--identity-pool-id", Story.pool, *logins, keys={})["IdentityId"]
    ours = ("--identity-id", identity)
    same(said("cognito-identity", "describe-identity", *ours)["Logins"], [PEOPLE.aws_key], "logins")
    keys = said("cognito-identity", "get-credentials-for-identity", *ours, *logins, keys={})["Credentials"]
    same(look(keys, PEOPLE.pool)[0], 0, "allowed")
    listed = said("cognito-identity", "list-identities", "--identity-pool-id", Story.pool, "--max-results", "60")
    true(identity in [entry["IdentityId"] for entry in listed["Identities"]], "listed")
    said("cognito-identity", "delete-identities", "--identity-ids-to-delete", identity)
    refused("ResourceNotFoundException", "cognito-identity", "describe-identity", *ours)
    code, printed = look(keys, PEOPLE.pool)
    true(code != 0 and "(ExpiredTokenException)" in printed, printed)


@check("ID-20 a back end's user: a token, and an identity that is looked up")
def _():
    user = name("customer")
    made = said("cognito-identity", "get-open-id-token-for-developer-identity", "--identity-pool-id", Story.pool,
                "--logins", f"login.shop={user}")
    same(claims(made["Token"])["sub"], made["IdentityId"], "subject")
    found = said("cognito-identity", "lookup-developer-identity", "--identity-pool-id", Story.pool,
                 "--developer-user-identifier", user)
    same((found["IdentityId"], found["DeveloperUserIdentifierList"]), (made["IdentityId"], [user]), "looked up")
    Story.token = made["Token"]


def with_a_profile():
    """CW-1: the token as a file, and a profile that takes the role with it."""
    (HOME / "token").write_text(Story.token)
    (HOME / "config").write_text(f"[profile web]\nregion = {REGION}\nrole_arn = {Story.roles['authenticated']}\n"
                                 f"web_identity_token_file = {HOME / 'token'}\nrole_session_name = web\n")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_") or key == "AWS_CA_BUNDLE"}
    told = kept | {"HOME": str(HOME), "AWS_CONFIG_FILE": str(HOME / "config"), "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
                   "AWS_ENDPOINT_URL": ENDPOINT, "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run([AWS, "--profile", "web", "cognito-idp", "describe-user-pool", "--user-pool-id", PEOPLE.pool,
                           "--query", "UserPool.Id", "--output", "text"], env=told, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=90)
    same((done.returncode, done.stdout.strip()), (0, PEOPLE.pool), done.stderr)


# Debian's CLI does not read AWS_ENDPOINT_URL, and a profile's own call to STS takes no `--endpoint-url`.
if AWS != "/usr/bin/aws":
    check("ID-19 that token is good for a profile with web_identity_token_file: the classic flow")(with_a_profile)


@check("a deleted pool is gone")
def _():
    said("cognito-identity", "delete-identity-pool", "--identity-pool-id", Story.pool)
    refused("ResourceNotFoundException", "cognito-identity", "get-id", "--identity-pool-id", Story.pool, keys={})


check.close()
