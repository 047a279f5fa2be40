"""boto3: IAM's principals are made, judged and ended; the temporary credentials of STS are used."""

import json
import os

import boto3
from botocore.config import Config

from checks import Checks, refused, same, true
from world import ADMIN, ENDPOINT, name, pool

check = Checks("boto3_access")
CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30)
ACCOUNT = "123456789012"


def client(service: str, credentials: dict | None = None):
    """A client of a service, signing with the environment's key or with these."""
    return boto3.client(service, endpoint_url=ENDPOINT, config=CONFIG, **(credentials or {}))


def signing(key: dict) -> dict:
    """Credentials as boto3 takes them, from an answer of IAM or STS."""
    given = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    return given | ({"aws_session_token": key["SessionToken"]} if "SessionToken" in key else {})


def document(*statements: dict) -> str:
    """A policy of these statements, spaced as nobody would write it, so that every byte has to come back."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=3)


def allow(action, resource="*", **more) -> dict:
    """One statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


IAM, STS = client("iam"), client("sts")
POOL, OTHER = pool(), pool()
POOL_ARN = ADMIN.describe_user_pool(UserPoolId=POOL)["UserPool"]["Arn"]


class Story:
    """What one check made and a later one needs."""

    user, role, policy = name("back-end"), name("role"), name("policy")
    key: dict = {}
    policy_arn = role_arn = ""


def as_user(service: str):
    """A client of the user of this story."""
    return client(service, signing(Story.key))


@check("CR-10 GetCallerIdentity tells root who it is")
def _():
    told = STS.get_caller_identity()
    same((told["Account"], told["Arn"]), (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"), "identity")


@check("CR-11 a user and a key; the key signs, and may do nothing yet")
def _():
    made = IAM.create_user(UserName=Story.user, Path="/apps/", Tags=[{"Key": "team", "Value": "shop"}])["User"]
    same(IAM.get_user(UserName=Story.user)["User"]["Arn"], made["Arn"], "ARN")
    same(made["Arn"], f"arn:aws:iam::{ACCOUNT}:user/apps/{Story.user}", "path in the ARN")
    Story.key = IAM.create_access_key(UserName=Story.user)["AccessKey"]
    told = as_user("sts").get_caller_identity()
    same((told["Arn"], told["UserId"]), (made["Arn"], made["UserId"]), "identity")
    action = "cognito-idp:DescribeUserPool"
    with refused("AccessDeniedException", f"User: {made['Arn']} is not authorized to perform: {action} on resource: "
                 f"{POOL_ARN} because no identity-based policy allows the {action} action"):
        as_user("cognito-idp").describe_user_pool(UserPoolId=POOL)


@check("CR-12 a managed policy comes back byte for byte, and counts once attached")
def _():
    text = document(allow(["cognito-idp:Describe*", "cognito-idp:List*"], POOL_ARN))
    made = IAM.create_policy(PolicyName=Story.policy, PolicyDocument=text)["Policy"]
    Story.policy_arn = made["Arn"]
    version = IAM.get_policy_version(PolicyArn=made["Arn"], VersionId="v1")["PolicyVersion"]
    same(version["Document"], json.loads(text), "document")
    IAM.attach_user_policy(UserName=Story.user, PolicyArn=made["Arn"])
    attached = IAM.list_attached_user_policies(UserName=Story.user)["AttachedPolicies"]
    same([policy["PolicyArn"] for policy in attached], [made["Arn"]], "attached")
    same(as_user("cognito-idp").describe_user_pool(UserPoolId=POOL)["UserPool"]["Id"], POOL, "pool")
    with refused("AccessDeniedException", None):
        as_user("cognito-idp").describe_user_pool(UserPoolId=OTHER)


@check("CR-13 the sixth version, the third key, an attached policy")
def _():
    for number in range(2, 6):
        IAM.create_policy_version(PolicyArn=Story.policy_arn, PolicyDocument=document(allow("s3:Get" + "x" * number)))
    with refused("LimitExceeded", None):
        IAM.create_policy_version(PolicyArn=Story.policy_arn, PolicyDocument=document(allow("s3:*")))
    IAM.create_access_key(UserName=Story.user)
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"):
        IAM.create_access_key(UserName=Story.user)
    with refused("DeleteConflict", None):
        IAM.delete_policy(PolicyArn=Story.policy_arn)
    same(len(IAM.list_policy_versions(PolicyArn=Story.policy_arn)["Versions"]), 5, "versions")


@check("CR-14 an explicit deny wins, and is told as such")
def _():
    IAM.put_user_policy(UserName=Story.user, PolicyName="no",
                        PolicyDocument=document({"Effect": "Deny", "Action": "cognito-idp:*", "Resource": "*"}))
    try:
        as_user("cognito-idp").describe_user_pool(UserPoolId=POOL)
    except ADMIN.exceptions.ClientError as error:
        true(error.response["Error"]["Message"].endswith("with an explicit deny in an identity-based policy"), str(error))
        encoded = error.response["ResponseMetadata"]["HTTPHeaders"]["x-cognate-authorization-message"]
        told = json.loads(STS.decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
        same((told["explicitDeny"], told["matchedStatements"]["items"][0]["policy"]), (True, "inline:no"), "the reasons")
    else:
        raise AssertionError("it was allowed")
    same(as_user("sts").get_caller_identity()["Account"], ACCOUNT, "always allowed")
    IAM.delete_user_policy(UserName=Story.user, PolicyName="no")
    same(as_user("cognito-idp").describe_user_pool(UserPoolId=POOL)["UserPool"]["Id"], POOL, "pool")


@check("CR-15 a session of a role may do what the role may, and no more than its session policy")
def _():
    trust = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/apps/{Story.user}"},
                      "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "e-1"}}})
    Story.role_arn = IAM.create_role(RoleName=Story.role, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    IAM.put_role_policy(RoleName=Story.role, PolicyName="pools",
                        PolicyDocument=document(allow(["cognito-idp:*"], POOL_ARN)))
    taken = as_user("sts").assume_role(RoleArn=Story.role_arn, RoleSessionName="ana", ExternalId="e-1")
    true(taken["AssumedRoleUser"]["Arn"].endswith(f":assumed-role/{Story.role}/ana"), "session ARN")
    session = client("cognito-idp", signing(taken["Credentials"]))
    session.create_group(UserPoolId=POOL, GroupName="made-by-the-session")
    same(ADMIN.get_group(UserPoolId=POOL, GroupName="made-by-the-session")["Group"]["GroupName"],
         "made-by-the-session", "group")
    narrow = as_user("sts").assume_role(RoleArn=Story.role_arn, RoleSessionName="ana", ExternalId="e-1",
                                        Policy=document(allow("cognito-idp:GetGroup")))
    narrowed = client("cognito-idp", signing(narrow["Credentials"]))
    narrowed.get_group(UserPoolId=POOL, GroupName="made-by-the-session")
    with refused("AccessDeniedException", None):
        narrowed.delete_group(UserPoolId=POOL, GroupName="made-by-the-session")


@check("CR-21 trust is asked: without the external id, and for others, the role is not handed out")
def _():
    with refused("AccessDenied", None):
        as_user("sts").assume_role(RoleArn=Story.role_arn, RoleSessionName="ana")
    stranger = name("stranger")
    IAM.create_user(UserName=stranger)
    key = IAM.create_access_key(UserName=stranger)["AccessKey"]
    with refused("AccessDenied", None):
        client("sts", signing(key)).assume_role(RoleArn=Story.role_arn, RoleSessionName="it", ExternalId="e-1")


@check("CR-29 sessions end with their role")
def _():
    taken = as_user("sts").assume_role(RoleArn=Story.role_arn, RoleSessionName="ana", ExternalId="e-1")
    session = client("cognito-idp", signing(taken["Credentials"]))
    session.describe_user_pool(UserPoolId=POOL)
    IAM.delete_role_policy(RoleName=Story.role, PolicyName="pools")
    IAM.delete_role(RoleName=Story.role)
    with refused("UnrecognizedClientException", None):
        session.describe_user_pool(UserPoolId=POOL)


@check("CR-6 temporary keys without their token, with another's, and lasting keys with one")
def _():
    one = as_user("sts").get_session_token()["Credentials"]
    other = as_user("sts").get_session_token()["Credentials"]
    same(client("sts", signing(one)).get_caller_identity()["Arn"].split("/")[-1], Story.user, "identity")
    for spoiled in [signing(one) | {"aws_session_token": ""}, signing(one) | {"aws_session_token": other["SessionToken"]},
                    signing(Story.key) | {"aws_session_token": one["SessionToken"]}]:
        with refused("InvalidClientTokenId", "The security token included in the request is invalid."):
            client("sts", spoiled).get_caller_identity()


@check("CR-32 paginators of IAM come to the end")
def _():
    stem = name("many")
    for number in range(5):
        IAM.create_group(GroupName=f"{stem}-{number}")
    pages = IAM.get_paginator("list_groups").paginate(PaginationConfig={"PageSize": 2})
    listed = [group["GroupName"] for page in pages for group in page["Groups"] if group["GroupName"].startswith(stem)]
    same(listed, [f"{stem}-{number}" for number in range(5)], "groups")


@check("CR-34 an action nobody knows is refused as such")
def _():
    with refused("InvalidAction", None):
        IAM.create_instance_profile(InstanceProfileName="x")


@check("a user goes with everything of its own")
def _():
    for key in IAM.list_access_keys(UserName=Story.user)["AccessKeyMetadata"]:
        IAM.delete_access_key(UserName=Story.user, AccessKeyId=key["AccessKeyId"])
    with refused("InvalidClientTokenId", None):
        as_user("sts").get_caller_identity()
    with refused("DeleteConflict", None):
        IAM.delete_user(UserName=Story.user)
    IAM.detach_user_policy(UserName=Story.user, PolicyArn=Story.policy_arn)
    IAM.delete_user(UserName=Story.user)
    with refused("NoSuchEntity", f"The user with name {Story.user} cannot be found."):
        IAM.get_user(UserName=Story.user)


true("AWS_ACCESS_KEY_ID" in os.environ, "the root key is in the environment")
check.close()
