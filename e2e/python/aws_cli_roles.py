"""`aws_cli_roles.py AWS`: profiles that take a role, by another profile's key and by a file with a person's token."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import boto3
import jwt
from botocore.config import Config

from checks import Checks, true
from world import ADMIN, ENDPOINT, REGION, app_client, name, person, pool, tokens

AWS = sys.argv[1]
check = Checks("aws_cli_roles")
IAM = boto3.client("iam", endpoint_url=ENDPOINT, config=Config(retries={"total_max_attempts": 1}))
HOME = pathlib.Path(tempfile.mkdtemp(prefix="roles-"))
POOL, OTHER = pool(), pool()
POOL_ARN = ADMIN.describe_user_pool(UserPoolId=POOL)["UserPool"]["Arn"]


def policy(**statement) -> str:
    """A document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement]})


def role(**trust) -> str:
    """A role that may look at the pool; its ARN."""
    made = name("role")
    arn = IAM.create_role(RoleName=made, AssumeRolePolicyDocument=policy(**trust))["Role"]["Arn"]
    IAM.put_role_policy(RoleName=made, PolicyName="look",
                        PolicyDocument=policy(Action="cognito-idp:DescribeUserPool", Resource=POOL_ARN))
    return arn


def aws(*words: str) -> tuple[int, str]:
    """The command line with the profiles of this file and nothing else; exit code and what it printed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_") or key == "AWS_CA_BUNDLE"}
    told = kept | {"HOME": str(HOME), "AWS_CONFIG_FILE": str(HOME / "config"), "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
                   "AWS_SHARED_CREDENTIALS_FILE": str(HOME / "credentials"), "AWS_ENDPOINT_URL": ENDPOINT,
                   "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run([AWS, *words], env=told, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=90)
    return done.returncode, done.stdout + done.stderr


def look(profile: str, pool_id: str = POOL) -> tuple[int, str]:
    """A call the role allows for one pool."""
    return aws("--profile", profile, "cognito-idp", "describe-user-pool", "--user-pool-id", pool_id,
               "--query", "UserPool.Id", "--output", "text")


USER = name("cli")
USER_ARN = IAM.create_user(UserName=USER)["User"]["Arn"]
KEY = IAM.create_access_key(UserName=USER)["AccessKey"]
BY_KEY = role(Principal={"AWS": USER_ARN}, Action="sts:AssumeRole")
CLIENT = app_client(POOL)["ClientId"]
ID_TOKEN = tokens(CLIENT, person(POOL))["IdToken"]
ISSUER = jwt.decode(ID_TOKEN, options={"verify_signature": False})["iss"]
PROVIDER = IAM.create_open_id_connect_provider(Url=ISSUER, ClientIDList=[CLIENT])["OpenIDConnectProviderArn"]
BY_TOKEN = role(Principal={"Federated": PROVIDER}, Action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": {ISSUER.removeprefix("https://") + ":aud": CLIENT}})
(HOME / "token").write_text(ID_TOKEN)
(HOME / "credentials").write_text(f"[base]\naws_access_key_id = {KEY['AccessKeyId']}\n"
                                  f"aws_secret_access_key = {KEY['SecretAccessKey']}\n")
(HOME / "config").write_text(
    f"[default]\nregion = {REGION}\n[profile base]\nregion = {REGION}\n"
    f"[profile taken]\nregion = {REGION}\nrole_arn = {BY_KEY}\nsource_profile = base\nrole_session_name = cli\n"
    f"[profile web]\nregion = {REGION}\nrole_arn = {BY_TOKEN}\nweb_identity_token_file = {HOME / 'token'}\n"
    f"role_session_name = web\n[profile forbidden]\nregion = {REGION}\nrole_arn = {BY_TOKEN}\nsource_profile = base\n")


@check("CR-2 a profile with role_arn and source_profile is the role's session")
def _():
    code, printed = aws("--profile", "taken", "sts", "get-caller-identity", "--query", "Arn", "--output", "text")
    true(code == 0 and printed.strip().endswith("/cli") and ":assumed-role/" in printed, printed)
    code, printed = look("taken")
    true((code, printed.strip()) == (0, POOL), printed)
    code, printed = look("taken", OTHER)
    true(code != 0 and "(AccessDeniedException)" in printed, printed)


@check("the user itself may not what its role may")
def _():
    code, printed = look("base")
    true(code != 0 and "(AccessDeniedException)" in printed and f"User: {USER_ARN} is not authorized" in printed, printed)


@check("CR-21 a profile with web_identity_token_file is the session of whoever the token is of")
def _():
    code, printed = look("web")
    true((code, printed.strip()) == (0, POOL), printed)
    (HOME / "token").write_text(ID_TOKEN[:-6] + "AAAAAA")
    code, printed = look("web")
    true(code != 0 and "(InvalidIdentityToken)" in printed, printed)


@check("a role that trusts tokens is not taken by a key")
def _():
    code, printed = look("forbidden")
    true(code != 0 and "(AccessDenied)" in printed, printed)


check.close()
