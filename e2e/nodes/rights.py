"""Keys, policies and sessions of IAM on every node: at once where a key is ended, within two seconds otherwise (CR-29)."""

import concurrent.futures
import json
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .api import REGION, World

CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
# DESIGN, decision 3: sessions and policies count on every node within two seconds.
SECONDS_MAX = 2.0


def client(node, service: str, key: dict | None = None, **options):
    """A client of one node; root's unless a key is given."""
    root = node.credentials
    given = key or {"AccessKeyId": root.access_key, "SecretAccessKey": root.secret_key}
    return boto3.client(service, endpoint_url=f"http://127.0.0.1:{node.port}", region_name=REGION,
                        config=CONFIG.merge(Config(**options)),
                        aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"],
                        aws_session_token=given.get("SessionToken"))


def policy(*actions: str, effect: str = "Allow") -> str:
    """A document about everything."""
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def code_of(ask) -> str:
    """The error code of a call; nothing for a success."""
    try:
        ask()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def within(seconds: float, wanted: str, ask) -> None:
    """The call is answered so after that time at the latest, and stays so."""
    end = time.monotonic() + seconds
    while code_of(ask) != wanted:
        assert time.monotonic() < end, f"{wanted or 'a success'} was expected within {seconds} s, heard {code_of(ask)}"
        time.sleep(0.05)
    assert code_of(ask) == wanted


def a_user(world: World, stem: str, *actions: str) -> tuple[str, dict]:
    """A user with a key and a policy, made through the first node."""
    iam, name = client(world.each[0], "iam"), world.person_name(stem)
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=policy(*actions))
    return name, iam.create_access_key(UserName=name)["AccessKey"]


def looks(node, world: World, key: dict):
    """A call that needs a right."""
    return lambda: client(node, "cognito-idp", key).describe_user_pool(UserPoolId=world.pool)


def a_key_that_is_ended_signs_nowhere_at_once(world: World) -> None:
    """CR-29: no node takes a key after the answer that ended it."""
    for node in world.each:
        name, key = a_user(world, "kim", "cognito-idp:*")
        for asked in world.each:
            within(SECONDS_MAX, "", looks(asked, world, key))
        client(node, "iam").update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
        for asked in world.each:
            assert code_of(looks(asked, world, key)) == "UnrecognizedClientException", asked.port
        client(node, "iam").update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Active")
        for asked in world.each:
            assert code_of(looks(asked, world, key)) == "", asked.port
        client(node, "iam").delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        for asked in world.each:
            assert code_of(looks(asked, world, key)) == "UnrecognizedClientException", asked.port


def a_changed_policy_counts_everywhere_within_two_seconds(world: World) -> None:
    """CR-29: at once on the node that wrote, within two seconds on the others."""
    for node in world.each:
        name, key = a_user(world, "lea", "cognito-idp:*")
        for asked in world.each:
            within(SECONDS_MAX, "", looks(asked, world, key))
        deny = policy("cognito-idp:*", effect="Deny")
        client(node, "iam").put_user_policy(UserName=name, PolicyName="no", PolicyDocument=deny)
        assert code_of(looks(node, world, key)) == "AccessDeniedException"
        for asked in world.each:
            within(SECONDS_MAX, "AccessDeniedException", looks(asked, world, key))


def a_session_is_good_on_every_node_and_ends_with_its_role(world: World) -> None:
    """CR-29: issued by one node, opened by all; over on all within two seconds once the role is gone."""
    for node in world.each:
        iam, name = client(node, "iam"), world.person_name("role")
        user, key = a_user(world, "max", "sts:AssumeRole")
        arn = iam.get_user(UserName=user)["User"]["Arn"]
        trust = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}]})
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="only", PolicyDocument=policy("cognito-idp:*"))
        taken = client(node, "sts", key).assume_role(RoleArn=role, RoleSessionName="here")["Credentials"]
        for asked in world.each:
            assert code_of(looks(asked, world, taken)) == "", asked.port
        iam.delete_role_policy(RoleName=name, PolicyName="only")
        iam.delete_role(RoleName=name)
        assert code_of(looks(node, world, taken)) == "UnrecognizedClientException"
        for asked in world.each:
            within(SECONDS_MAX, "UnrecognizedClientException", looks(asked, world, taken))


def a_users_sessions_end_everywhere_with_its_key(world: World) -> None:
    """CR-29: what was taken with a key that is switched off is over on all nodes within two seconds."""
    for node in world.each:
        name, key = a_user(world, "ida", "cognito-idp:*")
        within(SECONDS_MAX, "", looks(node, world, key))
        taken = client(node, "sts", key).get_session_token()["Credentials"]
        for asked in world.each:
            within(SECONDS_MAX, "", looks(asked, world, taken))
        client(node, "iam").update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
        assert code_of(looks(node, world, taken)) == "ExpiredTokenException"
        for asked in world.each:
            within(SECONDS_MAX, "ExpiredTokenException", looks(asked, world, taken))


def one_of_many_makes_the_role_whichever_node_they_ask(world: World) -> None:
    """64 callers, one name, three nodes: one role."""
    name = world.person_name("race")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})

    def make(number: int) -> str:
        iam = client(world.each[number % len(world.each)], "iam")
        for _ in range(50):
            told = code_of(lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust))
            if told != "Throttling":
                return told
        return told

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        told = list(pool.map(make, range(64)))
    assert told.count("") == 1 and set(told) <= {"", "EntityAlreadyExists"}, {code: told.count(code) for code in set(told)}


CHECKS = (
    a_key_that_is_ended_signs_nowhere_at_once,
    a_changed_policy_counts_everywhere_within_two_seconds,
    a_session_is_good_on_every_node_and_ends_with_its_role,
    a_users_sessions_end_everywhere_with_its_key,
    one_of_many_makes_the_role_whichever_node_they_ask,
)
