"""boto3: identity pools are made, changed, listed, tagged, given roles and deleted; nobody without a right does so."""

import re

from botocore.exceptions import ClientError

from checks import Checks, refused, same, true
from identity_world import (ACCOUNT, GUEST, IAM, IDENTITY, People, allow, answer, client, code_of, document,
                            identity_pool, role, trust)
from world import REGION, UUID, name

check = Checks("boto3_identity_pools")
PEOPLE = People()
GONE = f"{REGION}:00000000-0000-4000-8000-000000000000"


def described(pool_id: str) -> dict:
    """DescribeIdentityPool's answer."""
    return answer(IDENTITY.describe_identity_pool(IdentityPoolId=pool_id))


def renewed(pool_id: str, **settings) -> dict:
    """UpdateIdentityPool with the members it cannot do without."""
    shown = described(pool_id)
    kept = {key: shown[key] for key in ("IdentityPoolName", "AllowUnauthenticatedIdentities")}
    return answer(IDENTITY.update_identity_pool(IdentityPoolId=pool_id, **(kept | settings)))


def unvalidated():
    """The operator's client, which sends what it is told to."""
    return client("cognito-identity", parameter_validation=False)


@check("ID-1 a pool with everything is described as it was made")
def _():
    oidc = IAM.create_open_id_connect_provider(Url=f"https://{name('issuer')}.example/t", ClientIDList=["web"])
    settings = {
        "IdentityPoolName": name("all"), "AllowUnauthenticatedIdentities": False, "AllowClassicFlow": True,
        "SupportedLoginProviders": {"accounts.google.com": "1.apps.googleusercontent.com", "graph.facebook.com": "7",
                                    "appleid.apple.com": "example.app", "www.amazon.com": "amzn1.application.x"},
        "DeveloperProviderName": "login.shop", "OpenIdConnectProviderARNs": [oidc["OpenIDConnectProviderArn"]],
        "CognitoIdentityProviders": [PEOPLE.provider(ServerSideTokenCheck=True)],
        "IdentityPoolTags": {"team": "shop"},
    }
    made = answer(IDENTITY.create_identity_pool(**settings))
    true(re.fullmatch(r"[a-z0-9-]+:[0-9a-f-]{36}", made["IdentityPoolId"]), made["IdentityPoolId"])
    region, number = made["IdentityPoolId"].split(":")
    true(region == REGION and UUID.fullmatch(number), "region and UUID")
    same({key: made[key] for key in settings}, settings, "as made")
    same(described(made["IdentityPoolId"]), made, "described")


@check("a bare pool has the defaults, and says nothing of what it has not")
def _():
    made = IDENTITY.create_identity_pool(IdentityPoolName="bare pool", AllowUnauthenticatedIdentities=True)
    shown = described(made["IdentityPoolId"])
    same(shown, answer(made), "described")
    same(shown.pop("AllowClassicFlow", False), False, "classic flow")
    same(shown.pop("IdentityPoolTags", {}), {}, "tags")
    same(shown, {"IdentityPoolId": made["IdentityPoolId"], "IdentityPoolName": "bare pool",
                 "AllowUnauthenticatedIdentities": True}, "pool")
    again = IDENTITY.create_identity_pool(IdentityPoolName="bare pool", AllowUnauthenticatedIdentities=True)
    true(again["IdentityPoolId"] != made["IdentityPoolId"], "names need not be unique")


@check("ID-2 a name that cannot be is refused in the model's words")
def _():
    with refused("ValidationException", "1 validation error detected: Value 'no!' at 'identityPoolName' failed to "
                 r"satisfy constraint: Member must satisfy regular expression pattern: [\w\s+=,.@-]+"):
        IDENTITY.create_identity_pool(IdentityPoolName="no!", AllowUnauthenticatedIdentities=True)


@check("ID-3 an update replaces everything but the developer's name and the tags")
def _():
    made = identity_pool(SupportedLoginProviders={"graph.facebook.com": "7"}, DeveloperProviderName="login.shop",
                         AllowClassicFlow=True, IdentityPoolTags={"team": "shop"})
    shown = renewed(made, IdentityPoolName="renamed", AllowUnauthenticatedIdentities=False)
    same(described(made), shown, "described")
    same(shown.get("AllowClassicFlow", False), False, "classic flow")
    true("SupportedLoginProviders" not in shown, "providers are cleared")
    same((shown["IdentityPoolName"], shown["DeveloperProviderName"], shown["IdentityPoolTags"]),
         ("renamed", "login.shop", {"team": "shop"}), "kept")
    with refused("InvalidParameterException"):
        renewed(made, DeveloperProviderName="login.other")
    same(described(made), shown, "after the refusal")


@check("what a pool may not lean on is refused: an OIDC provider, a user pool, a client that are not there")
def _():
    made = identity_pool()
    before = described(made)
    for wrong in [{"OpenIdConnectProviderARNs": [f"arn:aws:iam::{ACCOUNT}:oidc-provider/nobody.example"]},
                  {"SamlProviderARNs": [f"arn:aws:iam::{ACCOUNT}:saml-provider/nobody"]},
                  {"CognitoIdentityProviders": [PEOPLE.provider(client_id="x" * 26)]},
                  {"CognitoIdentityProviders": [PEOPLE.provider() | {"ProviderName": "nobody.example/us-east-1_x"}]}]:
        with refused("InvalidParameterException"):
            renewed(made, **wrong)
    same(described(made), before, "nothing changed")


@check("ID-4 pools are listed page by page; a page has a size, of 60 at most")
def _():
    ours = {identity_pool() for _ in range(3)}
    found = IDENTITY.get_paginator("list_identity_pools").paginate(PaginationConfig={"PageSize": 1}).build_full_result()
    listed = [entry["IdentityPoolId"] for entry in found["IdentityPools"]]
    true(ours <= set(listed) and len(listed) == len(set(listed)), "each of ours, each once")
    true(all(set(entry) == {"IdentityPoolId", "IdentityPoolName"} for entry in found["IdentityPools"]), "members")
    for wrong in [{"MaxResults": 61}, {"MaxResults": 0}, {}]:
        with refused("ValidationException"):
            unvalidated().list_identity_pools(**wrong)
    with refused("InvalidParameterException"):
        IDENTITY.list_identity_pools(MaxResults=1, NextToken="nothing-of-ours")


@check("roles and mappings come back as they were set, are replaced as a whole, and go")
def _():
    made = identity_pool(CognitoIdentityProviders=[PEOPLE.provider()])
    same(answer(IDENTITY.get_identity_pool_roles(IdentityPoolId=made)).get("Roles", {}), {}, "roles of a new pool")
    roles = {amr: role(trust(made, amr)) for amr in ("authenticated", "unauthenticated")}
    key = f"{PEOPLE.aws_key}:{PEOPLE.client}"
    rule = {"Claim": "cognito:groups", "MatchType": "Contains", "Value": "staff", "RoleARN": roles["authenticated"]}
    mappings = {key: {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": [rule]}}}
    IDENTITY.set_identity_pool_roles(IdentityPoolId=made, Roles=roles, RoleMappings=mappings)
    shown = answer(IDENTITY.get_identity_pool_roles(IdentityPoolId=made))
    same(shown, {"IdentityPoolId": made, "Roles": roles, "RoleMappings": mappings}, "roles")
    IDENTITY.set_identity_pool_roles(IdentityPoolId=made, Roles={"authenticated": roles["authenticated"]})
    shown = answer(IDENTITY.get_identity_pool_roles(IdentityPoolId=made))
    same((shown["Roles"], shown.get("RoleMappings", {})), ({"authenticated": roles["authenticated"]}, {}), "replaced")
    IDENTITY.set_identity_pool_roles(IdentityPoolId=made, Roles={})
    same(answer(IDENTITY.get_identity_pool_roles(IdentityPoolId=made)).get("Roles", {}), {}, "cleared")


@check("ID-27 a mapping for what is no provider of the pool is refused by name")
def _():
    made = identity_pool(CognitoIdentityProviders=[PEOPLE.provider()])
    token = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    for key in (f"https://{PEOPLE.aws_key}:{PEOPLE.client}", "accounts.google.com", f"{PEOPLE.aws_key}:{'x' * 26}"):
        with refused("InvalidParameterException",
                     f"{key} is not a valid RoleMapping ProviderName or is not a configured provider."):
            IDENTITY.set_identity_pool_roles(IdentityPoolId=made, Roles={}, RoleMappings={key: token})
    key = f"{PEOPLE.aws_key}:{PEOPLE.client}"
    with refused("InvalidParameterException"):
        IDENTITY.set_identity_pool_roles(IdentityPoolId=made, Roles={}, RoleMappings={key: {"Type": "Token"}})
    same(answer(IDENTITY.get_identity_pool_roles(IdentityPoolId=made)).get("RoleMappings", {}), {}, "nothing kept")


@check("claims become principal tags by a map of the provider, or by the defaults")
def _():
    made = identity_pool(CognitoIdentityProviders=[PEOPLE.provider()])
    ours = {"IdentityPoolId": made, "IdentityProviderName": PEOPLE.aws_key}
    unset = answer(IDENTITY.get_principal_tag_attribute_map(**ours))
    same((unset.get("UseDefaults"), unset.get("PrincipalTags", {})), (False, {}), "unset")
    tags = {"department": "custom:department", "person": "sub"}
    told = answer(IDENTITY.set_principal_tag_attribute_map(**ours, UseDefaults=False, PrincipalTags=tags))
    same(told, ours | {"UseDefaults": False, "PrincipalTags": tags}, "set")
    same(answer(IDENTITY.get_principal_tag_attribute_map(**ours)), told, "got")
    IDENTITY.set_principal_tag_attribute_map(**ours, UseDefaults=True)
    true(IDENTITY.get_principal_tag_attribute_map(**ours)["UseDefaults"], "defaults")
    with refused("ResourceNotFoundException"):
        IDENTITY.get_principal_tag_attribute_map(IdentityPoolId=GONE, IdentityProviderName=PEOPLE.aws_key)


@check("ID-36 tags come, show in the pool, and go; there is no fifty-first")
def _():
    made = identity_pool(IdentityPoolTags={"team": "shop"})
    arn = f"arn:aws:cognito-identity:{REGION}:{ACCOUNT}:identitypool/{made}"
    IDENTITY.tag_resource(ResourceArn=arn, Tags={"stage": "test", "team": "sales"})
    tags = {"stage": "test", "team": "sales"}
    same(IDENTITY.list_tags_for_resource(ResourceArn=arn)["Tags"], tags, "listed")
    same(described(made)["IdentityPoolTags"], tags, "described")
    IDENTITY.untag_resource(ResourceArn=arn, TagKeys=["team", "not-there"])
    same(IDENTITY.list_tags_for_resource(ResourceArn=arn)["Tags"], {"stage": "test"}, "after untagging")
    with refused("InvalidParameterException"):
        IDENTITY.tag_resource(ResourceArn=arn, Tags={f"k{number}": "v" for number in range(50)})
    same(IDENTITY.list_tags_for_resource(ResourceArn=arn)["Tags"], {"stage": "test"}, "after the refusal")
    with refused("ResourceNotFoundException"):
        IDENTITY.list_tags_for_resource(ResourceArn=arn.replace(made, GONE))


@check("ID-35 an error names itself in body and header, with a request id")
def _():
    try:
        IDENTITY.describe_identity_pool(IdentityPoolId=GONE)
    except ClientError as error:
        same(error.response["Error"], {"Code": "ResourceNotFoundException",
                                       "Message": f"IdentityPool '{GONE}' not found."}, "error")
        told = error.response["ResponseMetadata"]
        same((told["HTTPStatusCode"], told["HTTPHeaders"].get("x-amzn-errortype")),
             (400, "ResourceNotFoundException:"), "status and header")
        true(UUID.fullmatch(told["RequestId"]), "request id")
    else:
        raise AssertionError("it was found")


@check("an app without a key administers nothing; a back end's key may what its policy names, for one pool")
def _():
    mine, other = identity_pool(), identity_pool()
    with refused("MissingAuthenticationTokenException"):
        GUEST.describe_identity_pool(IdentityPoolId=mine)
    user = name("back-end")
    IAM.create_user(UserName=user)
    arn = f"arn:aws:cognito-identity:{REGION}:{ACCOUNT}:identitypool/{mine}"
    IAM.put_user_policy(UserName=user, PolicyName="one", PolicyDocument=document(
        allow(["cognito-identity:DescribeIdentityPool", "cognito-identity:SetIdentityPoolRoles"], arn)))
    theirs = client("cognito-identity", IAM.create_access_key(UserName=user)["AccessKey"])
    same(theirs.describe_identity_pool(IdentityPoolId=mine)["IdentityPoolId"], mine, "allowed")
    roles = {"authenticated": role(trust(mine, "*"))}
    for ask in (lambda: theirs.describe_identity_pool(IdentityPoolId=other),
                lambda: theirs.list_identity_pools(MaxResults=1), lambda: theirs.delete_identity_pool(IdentityPoolId=mine),
                lambda: theirs.set_identity_pool_roles(IdentityPoolId=mine, Roles=roles)):
        same(code_of(ask), "AccessDeniedException", "refused")
    same(theirs.describe_identity_pool(IdentityPoolId=mine)["IdentityPoolId"], mine, "still there")


@check("a deleted pool is gone for everybody")
def _():
    made = identity_pool()
    identity = GUEST.get_id(IdentityPoolId=made)["IdentityId"]
    IDENTITY.delete_identity_pool(IdentityPoolId=made)
    for ask in (lambda: described(made), lambda: IDENTITY.delete_identity_pool(IdentityPoolId=made),
                lambda: GUEST.get_id(IdentityPoolId=made), lambda: IDENTITY.describe_identity(IdentityId=identity),
                lambda: GUEST.get_credentials_for_identity(IdentityId=identity)):
        same(code_of(ask), "ResourceNotFoundException", "after deletion")


check.close()
