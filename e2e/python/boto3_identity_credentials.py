"""boto3: credentials of identity pools at work. Who may do what with them, whose role it is, and when they end."""

import json
import os
import ssl
import urllib.request

import jwt

from checks import Checks, refused, same
from identity_world import (ACCOUNT, GUEST, IAM, IDENTITY, NOBODY, SERVICE, Stage, allow, claims, client, code_of,
                            credentials, document, ends, logged, looks, role, role_name, trust, user_pool_arn, whoami)
from world import ADMIN, ENDPOINT, name, person, pool

check = Checks("boto3_identity_credentials")
ROLES_WRONG = "Invalid identity pool configuration. Check assigned IAM roles for this pool."
AMBIGUOUS = "The ambiguous role mapping rules denied this request"
LOOK = "cognito-idp:DescribeUserPool"
THERE, OTHER = pool(), pool()
LOOK_THERE = allow(LOOK, user_pool_arn(THERE))


def may_only_look_there(given: dict) -> None:
    """The role's policy counts: what it allows is done, all else is refused."""
    same(looks(given, THERE), THERE, "allowed")
    same(code_of(lambda: looks(given, OTHER)), "AccessDeniedException", "another pool")
    same(code_of(lambda: client("cognito-idp", given).delete_user_pool(UserPoolId=THERE)), "AccessDeniedException", "more")
    same(code_of(lambda: client("iam", given).get_role(RoleName="x")), "AccessDenied", "IAM")


@check("a person and a guest may what the role's policy allows, and nothing else; each is the session of its role")
def _():
    stage = Stage(signed_in=(LOOK_THERE,), guest=(LOOK_THERE,))
    for logins, arn in ((stage.people.login(), stage.signed_in), (None, stage.guest)):
        _, given = stage.enter(logins)
        may_only_look_there(given)
        same(whoami(given), f"arn:aws:sts::{ACCOUNT}:assumed-role/{role_name(arn)}/CognitoIdentityCredentials", "who")
    spoiled = stage.enter()[1] | {"SessionToken": stage.enter()[1]["SessionToken"]}
    same(code_of(lambda: looks(spoiled, THERE)), "UnrecognizedClientException", "one's key with another's token")


@check("${cognito-identity.amazonaws.com:sub}: each person reaches what is tagged theirs, and not what is another's")
def _():
    own = {"StringEquals": {"aws:ResourceTag/owner": f"${{{SERVICE}:sub}}"}}
    stage = Stage(signed_in=(allow(LOOK, Condition=own),), guest=(allow(LOOK, Condition=own),))
    (ana, ana_may), (bob, bob_may), (guest, guest_may) = (
        stage.enter(logins) for logins in (stage.people.login(), stage.people.login(), None))
    owned = {owner: pool(UserPoolTags={"owner": owner}) for owner in (ana, bob, guest, "nobody")}
    for me, given in ((ana, ana_may), (bob, bob_may), (guest, guest_may)):
        for owner, pool_id in owned.items():
            told = code_of(lambda given=given, pool_id=pool_id: looks(given, pool_id))
            same(told, "" if owner == me else "AccessDeniedException", f"{me} at {owner}")


@check("ID-29 a claim becomes a principal tag, which policies compare; without sts:TagSession there are no credentials")
def _():
    theirs = {"StringEquals": {"aws:ResourceTag/department": "${aws:PrincipalTag/department}"}}
    stage = Stage(signed_in=(allow(LOOK, Condition=theirs),))
    people = stage.people
    ADMIN.add_custom_attributes(UserPoolId=people.pool, CustomAttributes=[{"Name": "department",
                                                                           "AttributeDataType": "String"}])
    IDENTITY.set_principal_tag_attribute_map(IdentityPoolId=stage.pool, IdentityProviderName=people.aws_key,
                                             UseDefaults=False, PrincipalTags={"department": "custom:department"})
    login = people.login(person(people.pool, **{"custom:department": "sales"}))
    with refused("InvalidIdentityPoolConfigurationException", ROLES_WRONG):
        stage.enter(login)
    IAM.update_assume_role_policy(RoleName=role_name(stage.signed_in),
                                  PolicyDocument=trust(stage.pool, "authenticated", "sts:TagSession"))
    _, given = stage.enter(login)
    sales, finance = (pool(UserPoolTags={"department": which}) for which in ("sales", "finance"))
    same(looks(given, sales), sales, "the person's own department")
    same(code_of(lambda: looks(given, finance)), "AccessDeniedException", "another department")
    _, given = stage.enter(people.login())
    same(code_of(lambda: looks(given, sales)), "AccessDeniedException", "a person without one")


@check("ID-30 a guest of the enhanced flow stays within the list of services, whatever the role allows")
def _():
    stage = Stage(guest=(allow("*"),), signed_in=(allow("*"),), AllowClassicFlow=True)
    identity, given = stage.enter()
    same(looks(given, THERE), THERE, "a service of the list")
    for ask in (lambda: client("iam", given).get_role(RoleName=role_name(stage.guest)),
                lambda: client("iam", given).create_user(UserName=name("taken-over"))):
        same(code_of(ask), "AccessDenied", "IAM")
    token = GUEST.get_open_id_token(IdentityId=identity)["Token"]
    classic = NOBODY.assume_role_with_web_identity(RoleArn=stage.guest, RoleSessionName="classic", WebIdentityToken=token)
    read = client("iam", classic["Credentials"]).get_role(RoleName=role_name(stage.guest))
    same(read["Role"]["Arn"], stage.guest, "by the classic flow")
    _, theirs = stage.enter(stage.people.login())
    same(client("iam", theirs).get_role(RoleName=role_name(stage.guest))["Role"]["Arn"], stage.guest, "a person")


@check("ID-19 the classic flow: off, refused beside mappings, and on: a token that STS takes for the trusted role alone")
def _():
    stage = Stage(signed_in=(LOOK_THERE,), guest=(LOOK_THERE,))
    login = stage.people.login()
    identity = stage.get_id(login)
    with refused("InvalidParameterException", "Basic (classic) flow is not enabled, please use enhanced flow."):
        GUEST.get_open_id_token(IdentityId=identity, Logins=login)
    IDENTITY.update_identity_pool(IdentityPoolId=stage.pool, IdentityPoolName="classic", AllowClassicFlow=True,
                                  AllowUnauthenticatedIdentities=True, CognitoIdentityProviders=[stage.people.provider()])
    told = GUEST.get_open_id_token(IdentityId=identity, Logins=login)
    said = claims(told["Token"])
    same((told["IdentityId"], said["sub"], said["aud"], said["exp"] - said["iat"]),
         (identity, identity, stage.pool, 600), "token")
    key = stage.people.aws_key
    subject = claims(next(iter(login.values())))["sub"]
    same(said["amr"], ["authenticated", key, f"{key}:CognitoSignIn:{subject}"], "amr")
    ask = {"RoleSessionName": "classic", "WebIdentityToken": told["Token"]}
    taken = NOBODY.assume_role_with_web_identity(RoleArn=stage.signed_in, DurationSeconds=900, **ask)
    same(taken["SubjectFromWebIdentityToken"], identity, "subject")
    may_only_look_there(taken["Credentials"])
    with refused("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        NOBODY.assume_role_with_web_identity(RoleArn=stage.guest, **ask)
    spoiled = ask | {"WebIdentityToken": told["Token"][:-6] + "AAAAAA"}
    with refused("InvalidIdentityToken"):
        NOBODY.assume_role_with_web_identity(RoleArn=stage.signed_in, **spoiled)
    mapping = {f"{key}:{stage.people.client}": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}}
    IDENTITY.set_identity_pool_roles(IdentityPoolId=stage.pool, Roles=stage.roles, RoleMappings=mapping)
    with refused("InvalidParameterException",
                 "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow."):
        GUEST.get_open_id_token(IdentityId=identity, Logins=login)


@check("ID-19 PyJWT verifies a pool's token from discovery alone, and only for that pool")
def _():
    stage = Stage(AllowClassicFlow=True, DeveloperProviderName="login.shop")
    trusted = ssl.create_default_context(cafile=os.environ["E2E_AUTHORITY"])
    with urllib.request.urlopen(f"{ENDPOINT}/.well-known/openid-configuration", context=trusted, timeout=10) as told:
        discovered = json.load(told)
    keys = jwt.PyJWKClient(discovered["jwks_uri"], ssl_context=trusted)
    guest = GUEST.get_open_id_token(IdentityId=stage.get_id())
    vouched = IDENTITY.get_open_id_token_for_developer_identity(IdentityPoolId=stage.pool, Logins={"login.shop": name("c")})
    for made in (guest, vouched):
        key = keys.get_signing_key_from_jwt(made["Token"])
        expected = {"algorithms": ["RS512"], "issuer": discovered["issuer"]}
        same(jwt.decode(made["Token"], key, audience=stage.pool, **expected)["sub"], made["IdentityId"], "verified")
        try:
            jwt.decode(made["Token"], key, audience=Stage().pool, **expected)
        except jwt.InvalidAudienceError:
            continue
        raise AssertionError("it was taken for another pool's")
    same((discovered["issuer"], claims(guest["Token"])["amr"]), (ENDPOINT, ["unauthenticated"]), "issuer and amr")


@check("a back end's tags are principal tags, within what a session may hold")
def _():
    theirs = {"StringEquals": {"aws:ResourceTag/tenant": "${aws:PrincipalTag/tenant}"}}
    stage = Stage(signed_in=(allow(LOOK, Condition=theirs),), DeveloperProviderName="login.shop")
    IAM.update_assume_role_policy(RoleName=role_name(stage.signed_in),
                                  PolicyDocument=trust(stage.pool, "authenticated", "sts:TagSession"))
    ask = {"IdentityPoolId": stage.pool, "Logins": {"login.shop": name("customer")}}
    made = IDENTITY.get_open_id_token_for_developer_identity(**ask, PrincipalTags={"tenant": "blue"})
    blue, red = (pool(UserPoolTags={"tenant": which}) for which in ("blue", "red"))
    given = credentials(made["IdentityId"], {SERVICE: made["Token"]})["Credentials"]
    classic = NOBODY.assume_role_with_web_identity(RoleArn=stage.signed_in, RoleSessionName="classic",
                                                   WebIdentityToken=made["Token"])["Credentials"]
    for each in (given, classic):
        same(looks(each, blue), blue, "the tenant's own")
        same(code_of(lambda each=each: looks(each, red)), "AccessDeniedException", "another's")
    with refused("InvalidParameterException"):
        IDENTITY.get_open_id_token_for_developer_identity(**ask, PrincipalTags={"a": "x" * 230, "b": "x" * 230})


@check("ID-25 rules choose the role: the first that fits, the default one or none where none fits")
def _():
    stage = Stage()
    first, second = (role(trust(stage.pool, "authenticated"), LOOK_THERE) for _ in range(2))
    rules = [{"Claim": "custom:team", "MatchType": "NotEqual", "Value": "x", "RoleARN": stage.guest},
             {"Claim": "cognito:groups", "MatchType": "Equals", "Value": "staff", "RoleARN": first},
             {"Claim": "cognito:groups", "MatchType": "StartsWith", "Value": "sta", "RoleARN": second}]
    staff, starters, alone = (person(stage.people.pool) for _ in range(3))
    for group, member in (("staff", staff), ("starters", starters)):
        ADMIN.create_group(UserPoolId=stage.people.pool, GroupName=group)
        ADMIN.admin_add_user_to_group(UserPoolId=stage.people.pool, GroupName=group, Username=member)

    def ruled(ambiguous: str) -> None:
        mapping = {"Type": "Rules", "AmbiguousRoleResolution": ambiguous, "RulesConfiguration": {"Rules": rules}}
        IDENTITY.set_identity_pool_roles(IdentityPoolId=stage.pool, Roles=stage.roles, RoleMappings={
            f"{stage.people.aws_key}:{stage.people.client}": mapping})

    def role_of(username: str) -> str:
        return whoami(stage.enter(stage.people.login(username))[1]).split("/")[1]

    ruled("Deny")
    same((role_of(staff), role_of(starters)), (role_name(first), role_name(second)), "in order")
    with refused("NotAuthorizedException", AMBIGUOUS):
        role_of(alone)
    ruled("AuthenticatedRole")
    same(role_of(alone), role_name(stage.signed_in), "the default role")


@check("ID-26 the token chooses the role: the preferred one, or the one asked for among the person's own")
def _():
    stage = Stage()
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    IDENTITY.set_identity_pool_roles(IdentityPoolId=stage.pool, Roles=stage.roles, RoleMappings={
        f"{stage.people.aws_key}:{stage.people.client}": mapping})
    ana, arns = person(stage.people.pool), {}
    for rank, group in enumerate(("leads", "members", "others")):
        arns[group] = role(trust(stage.pool, "authenticated"), LOOK_THERE)
        ADMIN.create_group(UserPoolId=stage.people.pool, GroupName=group, RoleArn=arns[group], Precedence=rank)
        if group != "others":
            ADMIN.admin_add_user_to_group(UserPoolId=stage.people.pool, GroupName=group, Username=ana)
    login = stage.people.login(ana)
    identity, given = stage.enter(login)
    same(whoami(given).split("/")[1], role_name(arns["leads"]), "the preferred role")
    asked = credentials(identity, login, CustomRoleArn=arns["members"])["Credentials"]
    same(whoami(asked).split("/")[1], role_name(arns["members"]), "the one asked for")
    may_only_look_there(asked)
    for foreign in (arns["others"], stage.signed_in):
        same(code_of(lambda foreign=foreign: credentials(identity, login, CustomRoleArn=foreign)),
             "NotAuthorizedException", "a role that is not the person's")
    with refused("NotAuthorizedException", AMBIGUOUS):
        stage.enter(stage.people.login())


@check("ID-28 a role that trusts another pool, or is gone, is told as a matter of the pool; the log says which")
def _():
    stage, stranger = Stage(signed_in=(LOOK_THERE,), guest=(LOOK_THERE,)), Stage()
    IAM.update_assume_role_policy(RoleName=role_name(stage.guest), PolicyDocument=trust(stranger.pool, "unauthenticated"))
    with refused("InvalidIdentityPoolConfigurationException", ROLES_WRONG):
        stage.enter()
    logged("GetCredentialsForIdentity", stage.guest, f"{SERVICE}:aud")
    may_only_look_there(stage.enter(stage.people.login())[1])
    IAM.delete_role_policy(RoleName=role_name(stage.guest), PolicyName="only")
    IAM.delete_role(RoleName=role_name(stage.guest))
    with refused("InvalidIdentityPoolConfigurationException", ROLES_WRONG):
        stage.enter()
    logged("GetCredentialsForIdentity", stage.guest, "does not exist")


@check("credentials end with their role's policy, with the role, and with the pool")
def _():
    stage = Stage(signed_in=(LOOK_THERE,), guest=(LOOK_THERE,))
    (_, given), (_, guest) = stage.enter(stage.people.login()), stage.enter()
    may_only_look_there(given)
    IAM.put_role_policy(RoleName=role_name(stage.signed_in), PolicyName="only", PolicyDocument=document(
        {"Effect": "Deny", "Action": "*", "Resource": "*"}))
    same(code_of(lambda: looks(given, THERE)), "AccessDeniedException", "a policy counts at once")
    IAM.delete_role_policy(RoleName=role_name(stage.signed_in), PolicyName="only")
    IAM.delete_role(RoleName=role_name(stage.signed_in))
    ends(given, THERE, as_role=True)
    same(looks(guest, THERE), THERE, "the guest's are another role's")
    IDENTITY.delete_identity_pool(IdentityPoolId=stage.pool)
    ends(guest, THERE)


check.close()
