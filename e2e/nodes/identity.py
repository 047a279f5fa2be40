"""Identity pools on every node: one identity for one login, credentials good everywhere, and their end (CR-29, ID-18)."""

import concurrent.futures
import json
import threading

from botocore import UNSIGNED

from .api import REGION, World
from .races import RACERS
from .rights import SECONDS_MAX, client, code_of, looks, within

SERVICE = "cognito-identity.amazonaws.com"
OVER = "ExpiredTokenException"
# A node that has just been told of a pool may not know of it yet, on the others within a second (DESIGN 1).
SETTLED_SECONDS = 1.1


class Pool:
    """An identity pool before the world's user pool, and a role each for guests and for those who signed in."""

    def __init__(self, world: World):
        self.world = world
        self.admin = client(world.each[0], "cognito-identity")
        self.key = f"cognito-idp.{REGION}.amazonaws.com/{world.pool}"
        provider = {"ProviderName": self.key, "ClientId": world.client}
        self.id = self.admin.create_identity_pool(
            IdentityPoolName=world.person_name("pool"), AllowUnauthenticatedIdentities=True,
            CognitoIdentityProviders=[provider])["IdentityPoolId"]
        roles = {amr: self._role(amr) for amr in ("authenticated", "unauthenticated")}
        self.admin.set_identity_pool_roles(IdentityPoolId=self.id, Roles=roles)
        world.pause(SETTLED_SECONDS)

    def _role(self, amr: str) -> str:
        iam, name = client(self.world.each[0], "iam"), self.world.person_name("role")
        trust = {"Effect": "Allow", "Principal": {"Federated": SERVICE}, "Action": "sts:AssumeRoleWithWebIdentity",
                 "Condition": {"StringEquals": {f"{SERVICE}:aud": self.id},
                               "ForAnyValue:StringLike": {f"{SERVICE}:amr": amr}}}
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
        may = {"Effect": "Allow", "Action": "cognito-idp:DescribeUserPool", "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName="only", PolicyDocument=document(may))
        return made

    def login(self, name: str) -> dict:
        """The login of a person who has just signed in, on whichever node."""
        return {self.key: self.world.any.sign_in(self.world.client, name)["IdToken"]}

    def get_id(self, node, logins: dict | None = None) -> str:
        """GetId on a node."""
        more = {"Logins": logins} if logins else {}
        return app(node).get_id(IdentityPoolId=self.id, **more)["IdentityId"]


def app(node):
    """A client of a node that has no key."""
    return client(node, "cognito-identity", signature_version=UNSIGNED)


def document(statement: dict) -> str:
    """A policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def credentials(node, identity: str, logins: dict | None = None) -> dict:
    """GetCredentialsForIdentity on a node, in IAM's words."""
    given = app(node).get_credentials_for_identity(IdentityId=identity, **({"Logins": logins} if logins else {}))
    assert given["IdentityId"] == identity, given["IdentityId"]
    return given["Credentials"] | {"SecretAccessKey": given["Credentials"]["SecretKey"]}


def one_new_login_makes_one_identity(world: World) -> None:
    """ID-18: sixty-four calls with one new login on three nodes make one identity, and all are told of it."""
    pool, line = Pool(world), threading.Barrier(RACERS)
    logins = pool.login(world.person("ann"))
    clients = [app(node) for node in world.each]

    def ask(number: int) -> tuple[str, str]:
        asked = clients[number % len(clients)]
        line.wait()
        told = []
        code = code_of(lambda: told.append(asked.get_id(IdentityPoolId=pool.id, Logins=logins)["IdentityId"]))
        return code, told[0] if told else ""

    with concurrent.futures.ThreadPoolExecutor(RACERS) as threads:
        heard = list(threads.map(ask, range(RACERS)))
    codes = {code: sum(code == heard_code for heard_code, _ in heard) for code, _ in heard}
    print(f"       {codes}")
    assert set(codes) <= {"", "TooManyRequestsException"} and codes.get("", 0) >= RACERS // 2, codes
    identities = {identity for _, identity in heard if identity}
    assert len(identities) == 1, identities
    listed = pool.admin.list_identities(IdentityPoolId=pool.id, MaxResults=60)["Identities"]
    assert [entry["IdentityId"] for entry in listed] == list(identities), listed


def credentials_of_one_node_are_good_on_all(world: World) -> None:
    """Begun on one node, fetched on the next, used on every one; a guest's and a person's."""
    pool = Pool(world)
    for first, second in zip(world.each, world.each[1:] + world.each[:1]):
        logins = pool.login(world.person("ben"))
        for presented in (None, logins):
            identity = pool.get_id(first, presented)
            given = credentials(second, identity, presented)
            for asked in world.each:
                assert code_of(looks(asked, world, given)) == "", asked.port
        # The guest of one node becomes the person of another, and is the same on the third.
        guest, known = pool.get_id(first), pool.get_id(second, logins)
        for asked in world.each:
            told = app(asked).get_credentials_for_identity(IdentityId=guest, Logins=logins)["IdentityId"]
            assert told == known, (told, known)
            assert code_of(lambda: app(asked).get_credentials_for_identity(IdentityId=guest)) == "NotAuthorizedException"


def a_deleted_identity_ends_its_credentials_everywhere(world: World) -> None:
    """ID-33, CR-29: at once on the node that deleted it, within two seconds on the others; so does a deleted pool."""
    pool = Pool(world)
    for node in world.each:
        logins = pool.login(world.person("cat"))
        identities = [pool.get_id(node), pool.get_id(node, logins)]
        given = [credentials(node, identities[0]), credentials(node, identities[1], logins)]
        for asked in world.each:
            assert [code_of(looks(asked, world, each)) for each in given] == ["", ""], asked.port
        client(node, "cognito-identity").delete_identities(IdentityIdsToDelete=identities)
        assert [code_of(looks(node, world, each)) for each in given] == [OVER, OVER]
        for asked in world.each:
            for each in given:
                within(SECONDS_MAX, OVER, looks(asked, world, each))
            gone = code_of(lambda: app(asked).get_credentials_for_identity(IdentityId=identities[0]))
            assert gone == "ResourceNotFoundException", gone
    guest = credentials(world.each[0], pool.get_id(world.each[1]))
    for asked in world.each:
        assert code_of(looks(asked, world, guest)) == ""
    pool.admin.delete_identity_pool(IdentityPoolId=pool.id)
    for asked in world.each:
        within(SECONDS_MAX, OVER, looks(asked, world, guest))
        within(SECONDS_MAX, "ResourceNotFoundException", lambda: pool.get_id(asked))


CHECKS = (
    one_new_login_makes_one_identity,
    credentials_of_one_node_are_good_on_all,
    a_deleted_identity_ends_its_credentials_everywhere,
)
