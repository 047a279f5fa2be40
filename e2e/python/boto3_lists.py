"""boto3: its own paginators over every list that is served; each thing comes once, and the list ends."""

from checks import Checks, refused, same, true
from world import ADMIN, app_client, name, person, pool

check = Checks("boto3_lists")
COUNT = 7


def everything(operation: str, member: str, page_size: int, **given) -> list[dict]:
    """All pages, counted so that a paginator that never ends is noticed."""
    found, pages = [], 0
    for page in ADMIN.get_paginator(operation).paginate(PaginationConfig={"PageSize": page_size}, **given):
        true(len(page[member]) <= page_size, f"a page of {len(page[member])}")
        found += page[member]
        pages += 1
        true(pages < 500, "the list does not end")
    return found


@check("UP-48 list_user_pools")
def _():
    made = {pool(): None for _ in range(COUNT)}
    listed = [entry["Id"] for entry in everything("list_user_pools", "UserPools", 3)]
    same(len(listed), len(set(listed)), "each once")
    true(set(made) <= set(listed), "each of ours")


@check("UP-48 list_user_pool_clients, and of one pool only")
def _():
    here, there = pool(), pool()
    made = {app_client(here)["ClientId"] for _ in range(COUNT)}
    app_client(there)
    listed = [entry["ClientId"] for entry in everything("list_user_pool_clients", "UserPoolClients", 2, UserPoolId=here)]
    same(len(listed), COUNT, "each once")
    same(set(listed), made, "each of ours")


class People:
    """A pool with people in it."""

    pool = pool()
    names: set = set()


@check("UP-48 list_users")
def _():
    for _ in range(COUNT):
        username = name("ana")
        ADMIN.admin_create_user(UserPoolId=People.pool, Username=username, MessageAction="SUPPRESS")
        People.names.add(username)
    listed = [user["Username"] for user in everything("list_users", "Users", 3, UserPoolId=People.pool)]
    same(len(listed), COUNT, "each once")
    same(set(listed), People.names, "each of ours")


class Groups:
    """Groups of that pool, and a person in all of them."""

    ana = person(People.pool, "groupie")
    names = {f"g{number}" for number in range(COUNT)}


@check("UP-48 list_groups, list_users_in_group and admin_list_groups_for_user")
def _():
    People.names.add(Groups.ana)
    for group in Groups.names:
        ADMIN.create_group(UserPoolId=People.pool, GroupName=group)
        ADMIN.admin_add_user_to_group(UserPoolId=People.pool, Username=Groups.ana, GroupName=group)
    for username in People.names:
        ADMIN.admin_add_user_to_group(UserPoolId=People.pool, Username=username, GroupName="g0")
    for size in (1, 3, COUNT, 60):
        listed = [group["GroupName"] for group in everything("list_groups", "Groups", size, UserPoolId=People.pool)]
        same(sorted(listed), sorted(Groups.names), f"groups by {size}")
        listed = [group["GroupName"] for group in everything("admin_list_groups_for_user", "Groups", size,
                                                             UserPoolId=People.pool, Username=Groups.ana)]
        same(sorted(listed), sorted(Groups.names), f"groups of a person by {size}")
        listed = [user["Username"] for user in everything("list_users_in_group", "Users", size,
                                                          UserPoolId=People.pool, GroupName="g0")]
        same(sorted(listed), sorted(People.names), f"people in a group by {size}")


@check("UP-48 a page that is exactly full, and a page larger than the list")
def _():
    for size in (len(People.names), 60):
        listed = [user["Username"] for user in everything("list_users", "Users", size, UserPoolId=People.pool)]
        same(sorted(listed), sorted(People.names), f"page size {size}")


@check("UP-48 nobody is lost or doubled when somebody arrives between two pages")
def _():
    first = ADMIN.list_users(UserPoolId=People.pool, Limit=3)
    ADMIN.admin_create_user(UserPoolId=People.pool, Username=name("late"), MessageAction="SUPPRESS")
    found, token = first["Users"], first.get("PaginationToken")
    while token:
        page = ADMIN.list_users(UserPoolId=People.pool, Limit=3, PaginationToken=token)
        found, token = found + page["Users"], page.get("PaginationToken")
    listed = [user["Username"] for user in found]
    same(len(listed), len(set(listed)), "each once")
    true(People.names <= set(listed), "everyone who was there before")


@check("an empty list ends at once, without a token")
def _():
    empty = pool()
    answer = ADMIN.list_users(UserPoolId=empty)
    same((answer["Users"], "PaginationToken" in answer), ([], False), "people")
    answer = ADMIN.list_groups(UserPoolId=empty)
    same((answer["Groups"], "NextToken" in answer), ([], False), "groups")
    answer = ADMIN.list_user_pool_clients(UserPoolId=empty, MaxResults=10)
    same((answer["UserPoolClients"], "NextToken" in answer), ([], False), "clients")


@check("a token nobody issued, or issued for another pool, is refused")
def _():
    with refused("InvalidParameterException"):
        ADMIN.list_users(UserPoolId=People.pool, PaginationToken="bm90LWEtdG9rZW4")
    token = ADMIN.list_users(UserPoolId=People.pool, Limit=2)["PaginationToken"]
    with refused("InvalidParameterException"):
        ADMIN.list_users(UserPoolId=pool(), Limit=2, PaginationToken=token)
    with refused("InvalidParameterException"):
        ADMIN.list_user_pools(MaxResults=2, NextToken=token)
    with refused("InvalidParameterException"):
        ADMIN.list_groups(UserPoolId=People.pool, NextToken=token)


check.close()
