"""boto3: sign-in by password and by SRP, public and by administrators, and the gates before them."""

import re
import time

from checks import Checks, refused, same, true
from srp import Proof, secret_hash
from world import ADMIN, APP, PASSWORD, UUID, app_client, name, person, pool, sign_in, tokens

check = Checks("boto3_sign_in")
POOL = pool()
CLIENT = app_client(POOL)["ClientId"]
ANA = person(POOL, "ana")
RESULT = {"AccessToken", "ExpiresIn", "TokenType", "RefreshToken", "IdToken"}
WRONG = ("NotAuthorizedException", "Incorrect username or password.")


def admin_sign_in(flow: str, parameters: dict, client_id: str = CLIENT) -> dict:
    """AdminInitiateAuth's answer."""
    return ADMIN.admin_initiate_auth(UserPoolId=POOL, ClientId=client_id, AuthFlow=flow, AuthParameters=parameters)


def whose(result: dict) -> str:
    """Who the tokens speak for, asked of the server."""
    return APP.get_user(AccessToken=result["AccessToken"])["Username"]


@check("AU-1 USER_PASSWORD_AUTH answers exactly the success envelope, and the token opens the profile")
def _():
    answer = sign_in(CLIENT, ANA)
    same(set(answer) - {"ResponseMetadata"}, {"ChallengeParameters", "AuthenticationResult"}, "members")
    same(answer["ChallengeParameters"], {}, "challenge parameters")
    result = answer["AuthenticationResult"]
    same(set(result), RESULT, "result's members")
    same((result["ExpiresIn"], result["TokenType"]), (3600, "Bearer"), "result")
    same(whose(result), ANA, "person")


@check("a wrong password is refused, an unknown person is named so in a pool that does not mask")
def _():
    with refused(*WRONG):
        sign_in(CLIENT, ANA, "Wr0ng-Horse!")
    with refused("UserNotFoundException", "User does not exist."):
        sign_in(CLIENT, name("nobody"))


@check("AU-1 USER_SRP_AUTH: the challenge has its members, the proof gives the same envelope")
def _():
    proof = Proof(POOL, CLIENT, ANA)
    challenge = proof.start()
    same(set(challenge) - {"ResponseMetadata"}, {"ChallengeName", "ChallengeParameters", "Session"}, "members")
    given = challenge["ChallengeParameters"]
    same(set(given), {"SALT", "SRP_B", "SECRET_BLOCK", "USERNAME", "USER_ID_FOR_SRP"}, "parameters")
    same((challenge["ChallengeName"], given["USER_ID_FOR_SRP"]), ("PASSWORD_VERIFIER", ANA), "challenge")
    true(re.fullmatch(r"[0-9a-f]+", given["SALT"] + given["SRP_B"]), "lower-case hex")
    answer = proof.answer(challenge, Session=challenge["Session"])
    same(set(answer) - {"ResponseMetadata"}, {"ChallengeParameters", "AuthenticationResult"}, "members")
    same(set(answer["AuthenticationResult"]), RESULT, "result's members")
    same(whose(answer["AuthenticationResult"]), ANA, "person")


@check("SRP with a wrong password is refused at the proof")
def _():
    proof = Proof(POOL, CLIENT, ANA, "Wr0ng-Horse!")
    challenge = proof.start()
    with refused(*WRONG):
        proof.answer(challenge, Session=challenge["Session"])


@check("AU-7 PASSWORD_VERIFIER succeeds without Session, and a SECRET_BLOCK is good once")
def _():
    proof = Proof(POOL, CLIENT, ANA)
    challenge = proof.start()
    same(whose(proof.answer(challenge)["AuthenticationResult"]), ANA, "person")
    with refused("NotAuthorizedException"):
        proof.answer(challenge)


@check("AU-6 A of zero, with an odd length or in upper case")
def _():
    for zero in ("0", "00", "0" * 768):
        with refused("NotAuthorizedException"):
            APP.initiate_auth(ClientId=CLIENT, AuthFlow="USER_SRP_AUTH",
                              AuthParameters={"USERNAME": ANA, "SRP_A": zero})
    for strange in ("abc", "ABCDEF"):
        answer = APP.initiate_auth(ClientId=CLIENT, AuthFlow="USER_SRP_AUTH",
                                   AuthParameters={"USERNAME": ANA, "SRP_A": strange})
        same(answer["ChallengeName"], "PASSWORD_VERIFIER", strange)


@check("AU-1 ADMIN_USER_PASSWORD_AUTH and its older name sign in for an administrator")
def _():
    for flow in ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
        answer = admin_sign_in(flow, {"USERNAME": ANA, "PASSWORD": PASSWORD})
        same(set(answer) - {"ResponseMetadata"}, {"ChallengeParameters", "AuthenticationResult"}, flow)
        same(set(answer["AuthenticationResult"]), RESULT, flow)
        same(whose(answer["AuthenticationResult"]), ANA, flow)
    with refused(*WRONG):
        admin_sign_in("ADMIN_USER_PASSWORD_AUTH", {"USERNAME": ANA, "PASSWORD": "Wr0ng-Horse!"})


@check("AU-1 USER_SRP_AUTH through the administrators' twins")
def _():
    proof = Proof(POOL, CLIENT, ANA)
    challenge = admin_sign_in("USER_SRP_AUTH", proof.parameters)
    answer = ADMIN.admin_respond_to_auth_challenge(
        UserPoolId=POOL, ClientId=CLIENT, ChallengeName="PASSWORD_VERIFIER", Session=challenge["Session"],
        ChallengeResponses=proof.responses(challenge))
    same(whose(answer["AuthenticationResult"]), ANA, "person")


@check("the administrators' twins ask for a signature")
def _():
    with refused("MissingAuthenticationTokenException"):
        APP.admin_initiate_auth(UserPoolId=POOL, ClientId=CLIENT, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                                AuthParameters={"USERNAME": ANA, "PASSWORD": PASSWORD})
    with refused("MissingAuthenticationTokenException"):
        APP.admin_respond_to_auth_challenge(UserPoolId=POOL, ClientId=CLIENT, ChallengeName="PASSWORD_VERIFIER")


@check("AU-2 each flow a client does not allow is refused with its sentence")
def _():
    narrow = app_client(POOL, ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH"])["ClientId"]
    with refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        sign_in(narrow, ANA)
    with refused("InvalidParameterException"):
        Proof(POOL, narrow, ANA).start()
    with refused("InvalidParameterException", "Auth flow not enabled for this client"):
        admin_sign_in("ADMIN_USER_PASSWORD_AUTH", {"USERNAME": ANA, "PASSWORD": PASSWORD}, narrow)
    with refused("InvalidParameterException", "Initiate Auth method not supported."):
        APP.initiate_auth(ClientId=CLIENT, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                          AuthParameters={"USERNAME": ANA, "PASSWORD": PASSWORD})


@check("AU-2 each missing parameter is named")
def _():
    for flow, given, missing in (("USER_PASSWORD_AUTH", {"PASSWORD": PASSWORD}, "USERNAME"),
                                 ("USER_PASSWORD_AUTH", {"USERNAME": ANA}, "PASSWORD"),
                                 ("USER_SRP_AUTH", {"USERNAME": ANA}, "SRP_A"),
                                 ("REFRESH_TOKEN_AUTH", {}, "REFRESH_TOKEN")):
        with refused("InvalidParameterException", f"Missing required parameter {missing}"):
            APP.initiate_auth(ClientId=CLIENT, AuthFlow=flow, AuthParameters=given)


@check("AU-2 AU-3 a client with a secret asks for the hash, takes the right one, refuses another")
def _():
    made = app_client(POOL, GenerateSecret=True)
    client_id, secret = made["ClientId"], made["ClientSecret"]
    with refused("NotAuthorizedException",
                 f"Client {client_id} is configured with secret but SECRET_HASH was not received"):
        sign_in(client_id, ANA)
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {client_id}"):
        sign_in(client_id, ANA, SECRET_HASH=secret_hash(ANA, client_id, "not-the-secret"))
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {CLIENT}"):
        sign_in(CLIENT, ANA, SECRET_HASH=secret_hash(ANA, CLIENT, secret))
    answer = sign_in(client_id, ANA, SECRET_HASH=secret_hash(ANA, client_id, secret))
    same(whose(answer["AuthenticationResult"]), ANA, "person")
    same(whose(Proof(POOL, client_id, ANA, secret=secret).tokens()), ANA, "person by SRP")


@check("AU-3 the hash over the sub is as good as the one over the name")
def _():
    made = app_client(POOL, GenerateSecret=True)
    client_id, secret = made["ClientId"], made["ClientSecret"]
    sub = ADMIN.admin_get_user(UserPoolId=POOL, Username=ANA)["UserAttributes"][0]["Value"]
    answer = sign_in(client_id, ANA, SECRET_HASH=secret_hash(sub, client_id, secret))
    same(whose(answer["AuthenticationResult"]), ANA, "person")


@check("AU-33 a masking client answers for nobody as for somebody, the same each time")
def _():
    masking = app_client(POOL, PreventUserExistenceErrors="ENABLED")["ClientId"]
    ghost = name("ghost")
    with refused(*WRONG):
        sign_in(masking, ghost)
    proof = Proof(POOL, masking, ghost)
    first, second = proof.start(), Proof(POOL, masking, ghost).start()
    one, two = first["ChallengeParameters"], second["ChallengeParameters"]
    same((one["SALT"], one["USER_ID_FOR_SRP"]), (two["SALT"], two["USER_ID_FOR_SRP"]), "simulated person")
    true(one["SRP_B"] != two["SRP_B"], "B is fresh")
    true(UUID.fullmatch(one["USER_ID_FOR_SRP"]), "a user id of the usual form")
    with refused(*WRONG):
        proof.answer(first, Session=first["Session"])


@check("AU-31 wrong passwords lock for a doubling time; the right one inside the lock does not help")
def _():
    unlucky = person(POOL, "unlucky")
    for pause in (0, 0, 0, 0, 0, 1.2, 2.2):
        time.sleep(pause)
        with refused(*WRONG):
            sign_in(CLIENT, unlucky, "Wr0ng-Horse!")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        sign_in(CLIENT, unlucky)
    time.sleep(4.2)
    same(whose(tokens(CLIENT, unlucky)), unlucky, "person after the lock")


@check("a person of another pool does not exist here")
def _():
    other = pool()
    elsewhere = person(other, "elsewhere")
    with refused("UserNotFoundException"):
        sign_in(CLIENT, elsewhere)
    with refused("ResourceNotFoundException", f"User pool client {CLIENT} does not exist."):
        ADMIN.admin_initiate_auth(UserPoolId=other, ClientId=CLIENT, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                                  AuthParameters={"USERNAME": elsewhere, "PASSWORD": PASSWORD})


check.close()
