"""boto3: who gets which identity. Guests, people who sign in, guests who become people, a back end's own users."""

import concurrent.futures
import time

from checks import Checks, refused, same, true
from identity_world import (GUEST, IDENTITY, SERVICE, People, Stage, allow, answer, by_issuer, claims, client, code_of,
                            credentials, ends, identity_pool, looks, pages)
from world import ADMIN, REGION, UUID, app_client, name, person, tokens

check = Checks("boto3_identity")
DONT_MATCH = "Logins don't match. Please include at least one valid login for this identity or identity pool."
NO_GUESTS = "Unauthenticated access is not supported for this identity pool."
NOT_OURS = "Token is not from a supported provider of this identity pool."
STAGE = Stage(signed_in=(allow("cognito-idp:DescribeUserPool"),), guest=(allow("cognito-idp:DescribeUserPool"),),
              DeveloperProviderName="login.shop")
PEOPLE = STAGE.people


def forbidden(identity: str) -> str:
    """What somebody hears who uses an identity that is not a guest's any more."""
    return f"Access to Identity '{identity}' is forbidden."


def described(identity: str) -> dict:
    """DescribeIdentity's answer."""
    return answer(IDENTITY.describe_identity(IdentityId=identity))


def page_of(identity: str, page: dict) -> dict:
    """A page of an identity's identifiers."""
    shown = answer(IDENTITY.lookup_developer_identity(IdentityPoolId=STAGE.pool, IdentityId=identity, **page))
    return {"found": shown["DeveloperUserIdentifierList"]} | {key: shown[key] for key in ("NextToken",) if key in shown}


@check("ID-5 ID-6 each guest is a new identity, with no logins or an empty map of them")
def _():
    seen = {STAGE.get_id(), STAGE.get_id(), STAGE.get_id({})}
    same(len(seen), 3, "identities")
    for identity in seen:
        region, number = identity.split(":")
        true(region == REGION and UUID.fullmatch(number), identity)
        shown = described(identity)
        same((shown["IdentityId"], shown.get("Logins", [])), (identity, []), "described")
        true(abs(shown["CreationDate"].timestamp() - time.time()) < 300, "creation date")
    closed = identity_pool(AllowUnauthenticatedIdentities=False)
    with refused("NotAuthorizedException", NO_GUESTS):
        GUEST.get_id(IdentityPoolId=closed)


@check("ID-7 a guest's credentials are for an hour, and look like AWS's")
def _():
    identity, given = STAGE.enter()
    true(given["AccessKeyId"].startswith("ASIA") and len(given["AccessKeyId"]) == 20, given["AccessKeyId"])
    same((len(given["SecretKey"]), 0 < len(given["SessionToken"]) <= 1400), (40, True), "secret and token")
    true(abs(given["Expiration"].timestamp() - time.time() - 3600) < 60, "an hour")
    again = credentials(identity)
    same(again["IdentityId"], identity, "the same identity")
    true(again["Credentials"]["AccessKeyId"] != given["AccessKeyId"], "each time another key")


@check("ID-8 a person has one identity, by any app client of the pool and by either name of it")
def _():
    second = app_client(PEOPLE.pool)["ClientId"]
    IDENTITY.update_identity_pool(
        IdentityPoolId=STAGE.pool, IdentityPoolName=name("two"), AllowUnauthenticatedIdentities=True,
        CognitoIdentityProviders=[PEOPLE.provider(), PEOPLE.provider(second)])
    ana = person(PEOPLE.pool)
    first = STAGE.get_id({PEOPLE.aws_key: PEOPLE.sign_in(ana)})
    same(STAGE.get_id({PEOPLE.aws_key: PEOPLE.sign_in(ana)}), first, "again")
    same(STAGE.get_id({PEOPLE.aws_key: PEOPLE.sign_in(ana, second)}), first, "by the other client")
    same(STAGE.get_id(PEOPLE.login(ana)), first, "by the issuer's own name")
    same(described(first)["Logins"], [PEOPLE.aws_key], "logins are names of providers")
    true(STAGE.get_id(PEOPLE.login()) != first, "somebody else")


@check("ID-9 ID-10 ID-11 a token of the wrong kind, of another issuer, of a client that is not the pool's")
def _():
    given = tokens(PEOPLE.client, person(PEOPLE.pool))
    stranger, elsewhere = app_client(PEOPLE.pool)["ClientId"], People()
    for key, token, sentence in [
            (PEOPLE.aws_key, given["AccessToken"], "Invalid login token. Missing a required claim: aud"),
            (PEOPLE.aws_key, elsewhere.sign_in(person(elsewhere.pool)),
             "Invalid login token. Issuer doesn't match providerName"),
            (PEOPLE.aws_key, PEOPLE.sign_in(person(PEOPLE.pool), stranger), NOT_OURS),
            (PEOPLE.aws_key, "no token", "Invalid login token. Not a valid OpenId Connect identity token."),
            (PEOPLE.aws_key, given["IdToken"][:-8] + "AAAAAAAA", "Invalid login token. Couldn't verify signed token.")]:
        with refused("NotAuthorizedException", sentence):
            STAGE.get_id({key: token})
    for logins in ({elsewhere.aws_key: elsewhere.sign_in(person(elsewhere.pool))}, {"login.shop": "ana"},
                   {"accounts.google.com": given["IdToken"]}):
        same(code_of(lambda logins=logins: STAGE.get_id(logins)), "NotAuthorizedException", f"{list(logins)}")
    bad = {PEOPLE.aws_key: given["IdToken"][:-8] + "AAAAAAAA", **by_issuer(given["IdToken"])}
    same(code_of(lambda: STAGE.get_id(bad)), "NotAuthorizedException", "one of two is not good")


@check("ID-15 a guest who signs in for the first time keeps the identity, and is no guest any more")
def _():
    guest, login = STAGE.get_id(), PEOPLE.login()
    same(credentials(guest, login)["IdentityId"], guest, "the same identity")
    same(described(guest)["Logins"], [PEOPLE.aws_key], "logins")
    same(STAGE.get_id(login), guest, "of this person from now on")
    with refused("NotAuthorizedException", forbidden(guest)):
        credentials(guest)


@check("ID-16 a guest who turns out to be known becomes who they were; the guest's identity is over")
def _():
    ana = person(PEOPLE.pool)
    known, (guest, given) = STAGE.get_id(PEOPLE.login(ana)), STAGE.enter()
    same(credentials(guest, PEOPLE.login(ana))["IdentityId"], known, "who they were")
    ends(given, PEOPLE.pool)
    with refused("NotAuthorizedException", forbidden(guest)):
        credentials(guest)
    same(credentials(guest, PEOPLE.login(ana))["IdentityId"], known, "the old id still leads there")
    listed = pages(IDENTITY.list_identities, "Identities", 3, IdentityPoolId=STAGE.pool)
    seen = [entry["IdentityId"] for entry in listed]
    true(guest in seen and known in seen and len(seen) == len(set(seen)), "all of them, each once")
    enabled = pages(IDENTITY.list_identities, "Identities", 60, IdentityPoolId=STAGE.pool, HideDisabled=True)
    enabled = {entry["IdentityId"] for entry in enabled}
    true(guest not in enabled and known in enabled, "without the disabled")
    with refused("NotAuthorizedException", DONT_MATCH):
        credentials(known, PEOPLE.login())


@check("ID-18 many calls with one new login make one identity")
def _():
    login = PEOPLE.login()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        seen = set(pool.map(lambda _: STAGE.get_id(login), range(32)))
    same(len(seen), 1, "identities")


@check("ID-24 a login is unlinked by whoever has a token of the identity, and is then somebody new")
def _():
    login = PEOPLE.login()
    identity, key = STAGE.get_id(login), next(iter(login))
    with refused("NotAuthorizedException"):
        GUEST.unlink_identity(IdentityId=identity, Logins=PEOPLE.login(), LoginsToRemove=[key])
    same(STAGE.get_id(login), identity, "after the refusal")
    given = credentials(identity, login)["Credentials"]
    same(looks(given, PEOPLE.pool), PEOPLE.pool, "before")
    GUEST.unlink_identity(IdentityId=identity, Logins=login, LoginsToRemove=[key])
    same(described(identity).get("Logins", []), [], "logins")
    true(STAGE.get_id(login) != identity, "somebody new")
    ends(given, PEOPLE.pool)


@check("ID-20 ID-21 a back end vouches for its user: one identity, a token, and credentials for it")
def _():
    user = {"login.shop": name("customer")}
    ask = {"IdentityPoolId": STAGE.pool, "Logins": user}
    made = IDENTITY.get_open_id_token_for_developer_identity(**ask)
    identity, told = made["IdentityId"], claims(made["Token"])
    same((told["sub"], told["aud"], told["exp"] - told["iat"]), (identity, STAGE.pool, 900), "token")
    same(told["amr"], ["authenticated", "login.shop", f"login.shop:{STAGE.pool}:{user['login.shop']}"], "amr")
    day = IDENTITY.get_open_id_token_for_developer_identity(**ask, TokenDuration=86400)
    told = claims(day["Token"])
    same((day["IdentityId"], told["exp"] - told["iat"]), (identity, 86400), "again, for a day")
    with refused("ValidationException"):
        client("cognito-identity", parameter_validation=False).get_open_id_token_for_developer_identity(
            **ask, TokenDuration=86401)
    given = credentials(identity, {SERVICE: made["Token"]})
    same(given["IdentityId"], identity, "whose")
    same(looks(given["Credentials"], PEOPLE.pool), PEOPLE.pool, "the credentials work")
    other = IDENTITY.get_open_id_token_for_developer_identity(**ask | {"Logins": {"login.shop": name("b")}})
    same(code_of(lambda: credentials(identity, {SERVICE: other["Token"]})), "NotAuthorizedException", "another's token")
    same(code_of(lambda: credentials(identity)), "NotAuthorizedException", "no guest's")
    with refused("InvalidParameterException"):
        IDENTITY.get_open_id_token_for_developer_identity(IdentityPoolId=STAGE.pool, Logins={"login.other": "x"})


@check("ID-22 ID-23 identifiers of a back end are looked up, merged and unlinked")
def _():
    def vouch(user: str, **more) -> str:
        return IDENTITY.get_open_id_token_for_developer_identity(
            IdentityPoolId=STAGE.pool, Logins={"login.shop": user}, **more)["IdentityId"]

    def look_up(**key) -> tuple[str, list[str]]:
        found = IDENTITY.lookup_developer_identity(IdentityPoolId=STAGE.pool, **key)
        return found["IdentityId"], sorted(found["DeveloperUserIdentifierList"])

    one, two = name("one"), name("two")
    source, destination = vouch(one), vouch(two)
    with refused("DeveloperUserAlreadyRegisteredException"):
        vouch(one, IdentityId=destination)
    same(look_up(IdentityId=source), (source, [one]), "by identity")
    same(look_up(DeveloperUserIdentifier=two), (destination, [two]), "by identifier")
    with refused("ResourceConflictException"):
        look_up(IdentityId=source, DeveloperUserIdentifier=two)
    with refused("InvalidParameterException"):
        look_up()
    merged = IDENTITY.merge_developer_identities(SourceUserIdentifier=one, DestinationUserIdentifier=two,
                                                 DeveloperProviderName="login.shop", IdentityPoolId=STAGE.pool)
    same(merged["IdentityId"], destination, "merged into")
    same(look_up(IdentityId=destination), (destination, sorted([one, two])), "both")
    same((vouch(one), vouch(two)), (destination, destination), "either")
    found = pages(lambda **page: page_of(destination, page), "found", 1)
    same(sorted(found), sorted([one, two]), "page by page")
    ours = {"IdentityId": destination, "IdentityPoolId": STAGE.pool, "DeveloperProviderName": "login.shop"}
    IDENTITY.unlink_developer_identity(**ours, DeveloperUserIdentifier=one)
    same(look_up(IdentityId=destination), (destination, [two]), "one is left")
    true(vouch(one) != destination, "somebody new")
    with refused("ResourceNotFoundException"):
        IDENTITY.merge_developer_identities(SourceUserIdentifier=name("no"), DestinationUserIdentifier=two,
                                            DeveloperProviderName="login.shop", IdentityPoolId=STAGE.pool)


@check("ID-14 TK-31 with ServerSideTokenCheck a sign-out everywhere ends what tokens are good for here")
def _():
    stage = Stage(provider={"ServerSideTokenCheck": True})
    ana, bob = person(stage.people.pool), person(stage.people.pool)
    ana_in, bob_in = stage.people.login(ana), stage.people.login(bob)
    identity = stage.get_id(ana_in)
    stage.get_id(bob_in)
    ADMIN.admin_user_global_sign_out(UserPoolId=stage.people.pool, Username=ana)
    ADMIN.admin_delete_user(UserPoolId=stage.people.pool, Username=bob)
    for ask in (lambda: stage.get_id(ana_in), lambda: credentials(identity, ana_in), lambda: stage.get_id(bob_in)):
        same(code_of(ask), "NotAuthorizedException", "the old token")
    same(stage.get_id(stage.people.login(ana)), identity, "a fresh sign-in")


@check("ID-33 sixty identities are deleted at once, and their credentials with them; an unknown one is no matter")
def _():
    identity, given = STAGE.enter()
    known, theirs = STAGE.enter(PEOPLE.login())
    same([looks(each, PEOPLE.pool) for each in (given, theirs)], [PEOPLE.pool] * 2, "before")
    more = [f"{REGION}:{number:08x}-0000-4000-8000-000000000000" for number in range(58)]
    told = IDENTITY.delete_identities(IdentityIdsToDelete=[identity, known, *more])
    same(told.get("UnprocessedIdentityIds", []), [], "unprocessed")
    for each in (identity, known):
        same(code_of(lambda each=each: described(each)), "ResourceNotFoundException", "deleted")
    with refused("ResourceNotFoundException", f"Identity '{identity}' not found."):
        credentials(identity)
    ends(given, PEOPLE.pool)
    ends(theirs, PEOPLE.pool)
    with refused("ValidationException"):
        client("cognito-identity", parameter_validation=False).delete_identities(
            IdentityIdsToDelete=[*more, identity, known, known[:-1] + "0"])
    told = IDENTITY.delete_identities(IdentityIdsToDelete=["eu-north-1:00000000-0000-4000-8000-000000000000"])
    same([entry["ErrorCode"] for entry in told["UnprocessedIdentityIds"]], ["AccessDenied"], "of another region")


check.close()
