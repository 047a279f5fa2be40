"""boto3: groups are made, changed, filled, listed and deleted, and tokens tell who is in them."""

import jwt

from checks import Checks, refused, same, true
from world import ADMIN, APP, app_client, name, person, pool, tokens

check = Checks("boto3_groups")
POOL = pool()
CLIENT = app_client(POOL)["ClientId"]
ANA = person(POOL, "ana")
NO_GROUP = ("ResourceNotFoundException", "Group not found.")


def role(stem: str) -> str:
    """A role's ARN."""
    return f"arn:aws:iam::123456789012:role/{stem}"


def get(group: str) -> dict:
    """GetGroup's group."""
    return ADMIN.get_group(UserPoolId=POOL, GroupName=group)["Group"]


def groups_of(username: str) -> list[str]:
    """The names AdminListGroupsForUser tells."""
    listed = ADMIN.admin_list_groups_for_user(UserPoolId=POOL, Username=username)["Groups"]
    return [group["GroupName"] for group in listed]


def people_in(group: str) -> list[str]:
    """The names ListUsersInGroup tells."""
    return [user["Username"] for user in ADMIN.list_users_in_group(UserPoolId=POOL, GroupName=group)["Users"]]


def told(token: str) -> tuple:
    """The three claims about groups; None for one that is left out."""
    said = jwt.decode(token, options={"verify_signature": False})
    return said.get("cognito:groups"), said.get("cognito:roles"), said.get("cognito:preferred_role")


class Staff:
    """The group most checks are about."""

    name = name("staff")
    made: dict = {}


@check("UP-41 CreateGroup and GetGroup show the same group")
def _():
    Staff.made = ADMIN.create_group(UserPoolId=POOL, GroupName=Staff.name, Description="all of them",
                                    RoleArn=role("staff"), Precedence=5)["Group"]
    same(get(Staff.name), Staff.made, "group")
    same((Staff.made["UserPoolId"], Staff.made["Precedence"]), (POOL, 5), "members")


@check("UP-41 a name is one group's, and case counts")
def _():
    with refused("GroupExistsException", "A group with the name already exists"):
        ADMIN.create_group(UserPoolId=POOL, GroupName=Staff.name)
    upper = Staff.name.upper()
    with refused(*NO_GROUP):
        get(upper)
    ADMIN.create_group(UserPoolId=POOL, GroupName=upper)
    same(get(upper)["GroupName"], upper, "the other group")


@check("UP-41 UpdateGroup keeps what it leaves out")
def _():
    changed = ADMIN.update_group(UserPoolId=POOL, GroupName=Staff.name, Precedence=1)["Group"]
    same(get(Staff.name), changed, "group")
    kept = ("Description", "RoleArn", "CreationDate")
    same([changed[member] for member in kept], [Staff.made[member] for member in kept], "what stays")
    same(changed["Precedence"], 1, "what changed")
    with refused(*NO_GROUP):
        ADMIN.update_group(UserPoolId=POOL, GroupName=name("nobody"), Precedence=1)


@check("UP-5 AdminAddUserToGroup answers with an empty body, twice, and both lists tell of it")
def _():
    for _ in range(2):
        meta = ADMIN.admin_add_user_to_group(UserPoolId=POOL, Username=ANA, GroupName=Staff.name)["ResponseMetadata"]
        same(meta["HTTPHeaders"].get("content-length"), "0", "content length")
        same(groups_of(ANA), [Staff.name], "of ana")
        same(people_in(Staff.name), [ANA], "in the group")


@check("a stranger, and a group nobody made, are refused")
def _():
    with refused("UserNotFoundException", "User does not exist."):
        ADMIN.admin_add_user_to_group(UserPoolId=POOL, Username=name("nobody"), GroupName=Staff.name)
    with refused(*NO_GROUP):
        ADMIN.admin_add_user_to_group(UserPoolId=POOL, Username=ANA, GroupName=name("nobody"))
    with refused(*NO_GROUP):
        people_in(name("nobody"))


@check("TK-7 TK-11 tokens tell the groups, and a refresh reads them anew")
def _():
    result = tokens(CLIENT, ANA)
    same(told(result["IdToken"]), ([Staff.name], [role("staff")], role("staff")), "ID token")
    same(told(result["AccessToken"]), ([Staff.name], None, None), "access token")
    first = name("first")
    ADMIN.create_group(UserPoolId=POOL, GroupName=first, RoleArn=role("first"), Precedence=0)
    ADMIN.admin_add_user_to_group(UserPoolId=POOL, Username=ANA, GroupName=first)
    again = APP.initiate_auth(ClientId=CLIENT, AuthFlow="REFRESH_TOKEN_AUTH",
                              AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]})["AuthenticationResult"]
    same(told(again["IdToken"]), ([first, Staff.name], [role("first"), role("staff")], role("first")), "ID token")
    ADMIN.delete_group(UserPoolId=POOL, GroupName=first)
    same(told(tokens(CLIENT, ANA)["AccessToken"])[0], [Staff.name], "after the group is gone")


@check("AdminRemoveUserFromGroup, and somebody who is not in a group has no claims")
def _():
    for _ in range(2):
        ADMIN.admin_remove_user_from_group(UserPoolId=POOL, Username=ANA, GroupName=Staff.name)
        same((groups_of(ANA), people_in(Staff.name)), ([], []), "lists")
    same(told(tokens(CLIENT, ANA)["IdToken"]), (None, None, None), "claims")


@check("UP-41 DeleteGroup leaves the people, and a new group of that name is empty")
def _():
    ADMIN.admin_add_user_to_group(UserPoolId=POOL, Username=ANA, GroupName=Staff.name)
    meta = ADMIN.delete_group(UserPoolId=POOL, GroupName=Staff.name)["ResponseMetadata"]
    same(meta["HTTPHeaders"].get("content-length"), "0", "content length")
    with refused(*NO_GROUP):
        get(Staff.name)
    ADMIN.create_group(UserPoolId=POOL, GroupName=Staff.name)
    same((groups_of(ANA), people_in(Staff.name)), ([], []), "lists")
    true(ADMIN.admin_get_user(UserPoolId=POOL, Username=ANA)["Enabled"], "ana is there")


@check("UP-41 a hundred groups and not one more")
def _():
    for number in range(101):
        ADMIN.create_group(UserPoolId=POOL, GroupName=f"many{number:03}")
    for number in range(100):
        ADMIN.admin_add_user_to_group(UserPoolId=POOL, Username=ANA, GroupName=f"many{number:03}")
    with refused("InvalidParameterException"):
        ADMIN.admin_add_user_to_group(UserPoolId=POOL, Username=ANA, GroupName="many100")
    same(people_in("many100"), [], "the group beyond")
    same(len(told(tokens(CLIENT, ANA)["AccessToken"])[0]), 100, "groups in the token")


check.close()
