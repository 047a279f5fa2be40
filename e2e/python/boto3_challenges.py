"""boto3: the first sign-in with a temporary password, and what a challenge's Session is good for."""

import json
from concurrent.futures import ThreadPoolExecutor

from checks import Checks, refused, same, true
from srp import Proof
from world import ADMIN, APP, PASSWORD, app_client, attributes, name, pool, sign_in

check = Checks("boto3_challenges")
POOL = pool(Schema=[{"Name": "given_name", "Required": True}])
CLIENT = app_client(POOL)["ClientId"]
FRESH = "Br4nd-New-Horse!"
USED = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
GARBAGE = ("NotAuthorizedException", "Invalid session for the user.")


def invited(**given) -> str:
    """A person who must change the password."""
    username = name("ana")
    pairs = [{"Name": key, "Value": value} for key, value in given.items()]
    ADMIN.admin_create_user(UserPoolId=POOL, Username=username, MessageAction="SUPPRESS",
                            TemporaryPassword=PASSWORD, UserAttributes=pairs)
    return username


def respond(challenge: dict, username: str, password: str = FRESH, client_id: str = CLIENT, **more) -> dict:
    """The answer to NEW_PASSWORD_REQUIRED."""
    return APP.respond_to_auth_challenge(
        ClientId=client_id, ChallengeName="NEW_PASSWORD_REQUIRED", Session=challenge["Session"],
        ChallengeResponses={"USERNAME": username, "NEW_PASSWORD": password} | more)


@check("AU-10 AU-11 a temporary password gives NEW_PASSWORD_REQUIRED and names what is missing")
def _():
    username = invited(email="ana@example.com")
    challenge = sign_in(CLIENT, username)
    same(set(challenge) - {"ResponseMetadata"}, {"ChallengeName", "ChallengeParameters", "Session"}, "members")
    given = challenge["ChallengeParameters"]
    same((challenge["ChallengeName"], given["USER_ID_FOR_SRP"]), ("NEW_PASSWORD_REQUIRED", username), "challenge")
    same(json.loads(given["requiredAttributes"]), ["userAttributes.given_name"], "required")
    same(json.loads(given["userAttributes"])["email"], "ana@example.com", "current")


@check("AU-11 the new password and the missing attribute are taken, and the tokens follow")
def _():
    username = invited()
    challenge = sign_in(CLIENT, username)
    answer = respond(challenge, username, **{"userAttributes.given_name": "Ana"})
    true("RefreshToken" in answer["AuthenticationResult"], "tokens")
    user = ADMIN.admin_get_user(UserPoolId=POOL, Username=username)
    same((user["UserStatus"], attributes(user["UserAttributes"])["given_name"]), ("CONFIRMED", "Ana"), "person")
    true("AccessToken" in sign_in(CLIENT, username, FRESH)["AuthenticationResult"], "sign-in with the new password")
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(CLIENT, username, PASSWORD)


@check("AU-11 without the missing attribute the sign-in does not end")
def _():
    username = invited()
    with refused("InvalidParameterException"):
        respond(sign_in(CLIENT, username), username)
    same(ADMIN.admin_get_user(UserPoolId=POOL, Username=username)["UserStatus"], "FORCE_CHANGE_PASSWORD", "status")


@check("a new password is held to the policy, and the person stays where they were")
def _():
    username = invited(given_name="Ana")
    with refused("InvalidPasswordException", "Password did not conform with policy: Password not long enough"):
        respond(sign_in(CLIENT, username), username, "Ab1!")
    same(ADMIN.admin_get_user(UserPoolId=POOL, Username=username)["UserStatus"], "FORCE_CHANGE_PASSWORD", "status")


@check("by SRP the temporary password is proved first, then changed")
def _():
    username = invited(given_name="Ana")
    proof = Proof(POOL, CLIENT, username)
    challenge = proof.start()
    challenge = proof.answer(challenge, Session=challenge["Session"])
    same(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED", "challenge")
    answer = respond(challenge, username)
    same(APP.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])["Username"], username, "person")
    true("AccessToken" in Proof(POOL, CLIENT, username, FRESH).tokens(), "SRP with the new password")


@check("through the administrators' twins as well")
def _():
    username = invited(given_name="Ana")
    challenge = ADMIN.admin_initiate_auth(UserPoolId=POOL, ClientId=CLIENT, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                                          AuthParameters={"USERNAME": username, "PASSWORD": PASSWORD})
    same(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED", "challenge")
    answer = ADMIN.admin_respond_to_auth_challenge(
        UserPoolId=POOL, ClientId=CLIENT, ChallengeName="NEW_PASSWORD_REQUIRED", Session=challenge["Session"],
        ChallengeResponses={"USERNAME": username, "NEW_PASSWORD": FRESH})
    same(APP.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])["Username"], username, "person")


@check("AU-9 a Session is good once")
def _():
    username = invited(given_name="Ana")
    challenge = sign_in(CLIENT, username)
    respond(challenge, username)
    with refused(*USED):
        respond(challenge, username, "An0ther-Horse!")
    true("AccessToken" in sign_in(CLIENT, username, FRESH)["AuthenticationResult"], "the first answer counted")


@check("AU-9 AU-7 of eight answers at one moment exactly one counts, for a Session and for a SECRET_BLOCK")
def _():
    def outcome(answer) -> str:
        try:
            return "tokens" if "AuthenticationResult" in answer() else "challenge"
        except APP.exceptions.NotAuthorizedException:
            return "refused"

    def race(answer) -> list[str]:
        with ThreadPoolExecutor(8) as crowd:
            return sorted(crowd.map(lambda _: outcome(answer), range(8)))

    username = invited(given_name="Ana")
    challenge = sign_in(CLIENT, username)
    same(race(lambda: respond(challenge, username)), ["refused"] * 7 + ["tokens"], "NEW_PASSWORD_REQUIRED")
    proof = Proof(POOL, CLIENT, username, FRESH)
    started = proof.start()
    same(race(lambda: proof.answer(started)), ["refused"] * 7 + ["tokens"], "PASSWORD_VERIFIER")


@check("AU-9 a Session of another client or person, and one nobody issued, are refused")
def _():
    username, other = invited(given_name="Ana"), invited(given_name="Bob")
    foreign = app_client(POOL)["ClientId"]
    challenge = sign_in(CLIENT, username)
    with refused(*GARBAGE):
        respond(challenge, username, client_id=foreign)
    with refused(*GARBAGE):
        respond(challenge, other)
    with refused(*GARBAGE):
        respond({"Session": "A" * 200}, username)
    same(ADMIN.admin_get_user(UserPoolId=POOL, Username=other)["UserStatus"], "FORCE_CHANGE_PASSWORD", "the other one")


@check("a challenge is answered by its own name, and with a Session")
def _():
    username = invited(given_name="Ana")
    challenge = sign_in(CLIENT, username)
    with refused("NotAuthorizedException"):
        APP.respond_to_auth_challenge(ClientId=CLIENT, ChallengeName="SMS_MFA", Session=challenge["Session"],
                                      ChallengeResponses={"USERNAME": username, "SMS_MFA_CODE": "123456"})
    with refused("InvalidParameterException", "Missing required parameter Session"):
        APP.respond_to_auth_challenge(ClientId=CLIENT, ChallengeName="NEW_PASSWORD_REQUIRED",
                                      ChallengeResponses={"USERNAME": username, "NEW_PASSWORD": FRESH})


@check("AU-38 strange responses are refused, never a fault of the server")
def _():
    username = invited(given_name="Ana")
    for strange in ({"username": username, "new_password": FRESH}, {}, {"USERNAME": username, "NEW_PASSWORD": ""},
                    {"USERNAME": "x" * 5000, "NEW_PASSWORD": FRESH}):
        try:
            APP.respond_to_auth_challenge(ClientId=CLIENT, ChallengeName="NEW_PASSWORD_REQUIRED",
                                          Session=sign_in(CLIENT, username)["Session"], ChallengeResponses=strange)
            raise AssertionError(f"accepted {strange}")
        except APP.exceptions.ClientError as error:
            same(error.response["ResponseMetadata"]["HTTPStatusCode"], 400, f"status for {str(strange)[:60]}")


check.close()
