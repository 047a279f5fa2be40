"""pycognito: the library Python apps use for SRP. It also verifies the tokens it is given."""

from pycognito import Cognito
from pycognito.exceptions import ForceChangePasswordException, TokenVerificationException

from checks import Checks, refused, same, true
from world import ADMIN, ENDPOINT, PASSWORD, address, app_client, code_for, name, person, pool, wrong

check = Checks("pycognito")
POOL = pool()
CLIENT = app_client(POOL)["ClientId"]
SECRETIVE = app_client(POOL, GenerateSecret=True)


class Ana:
    """Who registers here."""

    username, mail = name("ana"), address()


def library(username: str | None = None, client: dict | None = None) -> Cognito:
    """The library as an app holds it: by itself it asks AWS, so the endpoint is given."""
    client = client or {"ClientId": CLIENT}
    return Cognito(POOL, client["ClientId"], username=username, client_secret=client.get("ClientSecret"),
                   boto3_client_kwargs={"endpoint_url": ENDPOINT})


@check("register, a wrong code, confirm_sign_up")
def _():
    app = library()
    app.set_base_attributes(email=Ana.mail, given_name="Ana")
    same(app.register(Ana.username, PASSWORD)["UserConfirmed"], False, "confirmed")
    code = code_for(Ana.mail)
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        app.confirm_sign_up(wrong(code), username=Ana.username)
    app.confirm_sign_up(code, username=Ana.username)
    same(library(Ana.username).admin_get_user().user_status, "CONFIRMED", "status")


@check("AU-5 authenticate by SRP, and TK-2 verify both tokens against the pool's keys")
def _():
    app = library(Ana.username)
    app.authenticate(PASSWORD)
    app.verify_tokens()
    same((app.id_claims["cognito:username"], app.access_claims["username"]), (Ana.username, Ana.username), "claims")
    same(app.get_user().email, Ana.mail, "profile")


@check("AU-5 a wrong password fails the proof")
def _():
    with refused("NotAuthorizedException", "Incorrect username or password."):
        library(Ana.username).authenticate("Wr0ng-Horse!")


@check("a client with a secret: SRP, refresh, and a wrong secret")
def _():
    app = library(Ana.username, SECRETIVE)
    app.authenticate(PASSWORD)
    app.verify_tokens()
    app.renew_access_token()
    same(app.get_user().email, Ana.mail, "profile")
    wrong_secret = {"ClientId": SECRETIVE["ClientId"], "ClientSecret": "not-the-secret"}
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {SECRETIVE['ClientId']}"):
        library(Ana.username, wrong_secret).authenticate(PASSWORD)


@check("renew_access_token gives other tokens that verify")
def _():
    app = library(Ana.username)
    app.authenticate(PASSWORD)
    before = app.access_token
    app.renew_access_token()
    true(app.access_token != before, "a new access token")
    app.verify_tokens()
    true(not app.check_token(renew=False), "not expired")


@check("a changed token and a token of another pool do not verify")
def _():
    app = library(Ana.username)
    app.authenticate(PASSWORD)
    head, body, signature = app.id_token.split(".")
    changed = f"{head}.{body}.{('A' if signature[0] != 'A' else 'B') + signature[1:]}"
    elsewhere = Cognito(pool(), CLIENT, boto3_client_kwargs={"endpoint_url": ENDPOINT})
    for verifier, token in ((app, changed), (elsewhere, app.id_token)):
        try:
            verifier.verify_token(token, "id_token", "id")
        except (TokenVerificationException, IndexError):  # IndexError: the other pool has no such key
            continue
        raise AssertionError("verified")


@check("AU-5 a temporary password: refused as finished, then changed by new_password_challenge")
def _():
    username = name("bob")
    ADMIN.admin_create_user(UserPoolId=POOL, Username=username, MessageAction="SUPPRESS", TemporaryPassword=PASSWORD)
    app = library(username)
    try:
        app.authenticate(PASSWORD)
        raise AssertionError("a temporary password signed in")
    except ForceChangePasswordException:
        pass
    app.new_password_challenge(PASSWORD, "Br4nd-New-Horse!")
    app.verify_tokens()
    again = library(username)
    again.authenticate("Br4nd-New-Horse!")
    with refused("NotAuthorizedException"):
        library(username).authenticate(PASSWORD)


@check("admin_authenticate, by the flow's old name")
def _():
    username = person(POOL, "carol")
    app = library(username)
    app.admin_authenticate(PASSWORD)
    app.verify_tokens()
    with refused("NotAuthorizedException"):
        library(username).admin_authenticate("Wr0ng-Horse!")


@check("logout ends the session for everybody who holds its tokens")
def _():
    here, there = library(Ana.username), library(Ana.username)
    here.authenticate(PASSWORD)
    there.authenticate(PASSWORD)
    here.logout()
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        there.get_user()
    with refused("NotAuthorizedException"):
        there.renew_access_token()


check.close()
