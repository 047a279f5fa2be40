"""boto3: a person signs up, the code arrives by real mail, they confirm."""

from checks import Checks, refused, same, true
from world import (ADMIN, APP, PASSWORD, UUID, address, app_client, attributes, code_for, idp, mail_to, mails_to, name,
                   pool, sign_in, words, wrong)

check = Checks("boto3_sign_up")
POOL = pool()
CLIENT = app_client(POOL)["ClientId"]


class Ana:
    """Who signs up here."""

    username = name("ana")
    mail = address()
    sub = code = ""


def status(username: str, pool_id: str = POOL) -> str:
    """What the directory says of a person."""
    return ADMIN.admin_get_user(UserPoolId=pool_id, Username=username)["UserStatus"]


def sign_up(username: str, password: str = PASSWORD, client_id: str = CLIENT, **given) -> dict:
    """SignUp with attributes by name."""
    pairs = [{"Name": key, "Value": value} for key, value in given.items()]
    return APP.sign_up(ClientId=client_id, Username=username, Password=password, UserAttributes=pairs)


def confirm(username: str, code: str) -> dict:
    """ConfirmSignUp."""
    return APP.confirm_sign_up(ClientId=CLIENT, Username=username, ConfirmationCode=code)


@check("SignUp needs no signature and tells where the code went, masked")
def _():
    answer = sign_up(Ana.username, email=Ana.mail, given_name="Ana")
    same(answer["UserConfirmed"], False, "confirmed")
    true(UUID.fullmatch(answer["UserSub"]), f"UP-9 sub {answer['UserSub']}")
    same(answer["CodeDeliveryDetails"],
         {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}, "delivery")
    Ana.sub = answer["UserSub"]


@check("the directory knows the person as UNCONFIRMED, by name and by sub")
def _():
    user = ADMIN.admin_get_user(UserPoolId=POOL, Username=Ana.username)
    same((user["Username"], user["UserStatus"], user["Enabled"]), (Ana.username, "UNCONFIRMED", True), "person")
    held = attributes(user["UserAttributes"])
    same((held["sub"], held["email"], held["given_name"]), (Ana.sub, Ana.mail, "Ana"), "attributes")
    true(held.get("email_verified", "false") == "false", "not verified yet")
    same(status(Ana.sub), "UNCONFIRMED", "by sub")


@check("UP-29 the code arrives by mail, from the configured sender, with the documented words")
def _():
    mail = mail_to(Ana.mail)
    same(mail["subject"], "Your verification code", "subject")
    true("@" in mail["from"], f"sender {mail['from']!r}")
    Ana.code = code_for(Ana.mail)
    true(f"Your verification code is {Ana.code}." in words(mail), f"words {words(mail)!r}")


@check("AU-10 before confirming, a wrong password says nothing and the right one says why")
def _():
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(CLIENT, Ana.username, "Wr0ng-Horse!")
    with refused("UserNotConfirmedException", "User is not confirmed."):
        sign_in(CLIENT, Ana.username)


@check("a name is taken once")
def _():
    with refused("UsernameExistsException", "User already exists"):
        sign_up(Ana.username, email=address())
    same(attributes(ADMIN.admin_get_user(UserPoolId=POOL, Username=Ana.username)["UserAttributes"])["email"],
         Ana.mail, "the first one's address")


@check("UP-30 a wrong code is refused and confirms nobody")
def _():
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        confirm(Ana.username, wrong(Ana.code))
    same(status(Ana.username), "UNCONFIRMED", "status")


@check("a code resent replaces the one before")
def _():
    answer = APP.resend_confirmation_code(ClientId=CLIENT, Username=Ana.username)
    same(answer["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL", "medium")
    fresh = code_for(Ana.mail, nth=2)
    if fresh != Ana.code:
        with refused("CodeMismatchException"):
            confirm(Ana.username, Ana.code)
    Ana.code = fresh


@check("UP-30 the code confirms, and the address it went to is verified")
def _():
    confirm(Ana.username, Ana.code)
    user = ADMIN.admin_get_user(UserPoolId=POOL, Username=Ana.username)
    same(user["UserStatus"], "CONFIRMED", "status")
    same(attributes(user["UserAttributes"])["email_verified"], "true", "verified")
    true("AccessToken" in sign_in(CLIENT, Ana.username)["AuthenticationResult"], "sign-in")


@check("UP-30 a second confirmation and a resend are refused with the current state")
def _():
    with refused("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"):
        confirm(Ana.username, Ana.code)
    with refused("InvalidParameterException", "User is already confirmed."):
        APP.resend_confirmation_code(ClientId=CLIENT, Username=Ana.username)


@check("an unknown person is not confirmed, and gets no mail")
def _():
    stranger = name("stranger")
    with refused("UserNotFoundException", "Username/client id combination not found."):
        confirm(stranger, "123456")
    with refused("UserNotFoundException", "Username/client id combination not found."):
        APP.resend_confirmation_code(ClientId=CLIENT, Username=stranger)


@check("UP-32 a mailbox that the relay refuses is told at once; the person is there and can be confirmed otherwise")
def _():
    username = name("nomail")
    with refused("CodeDeliveryFailureException"):
        sign_up(username, email="refused@example.com")  # stage/smtp_server.py turns this one away
    same(status(username), "UNCONFIRMED", "status")
    with refused("CodeDeliveryFailureException"):
        APP.resend_confirmation_code(ClientId=CLIENT, Username=username)
    ADMIN.admin_confirm_sign_up(UserPoolId=POOL, Username=username)
    true("AccessToken" in sign_in(CLIENT, username)["AuthenticationResult"], "sign-in")


@check("UP-29 without an address to verify, no code goes out and none is announced")
def _():
    username = name("bob")
    answer = sign_up(username)
    true("CodeDeliveryDetails" not in answer, "no delivery details")
    same(answer["UserConfirmed"], False, "confirmed")
    with refused("UserNotFoundException"):
        status(name("nobody"))
    same(status(username), "UNCONFIRMED", "status")


@check("AdminConfirmSignUp confirms without a code, verifies nothing, and only once")
def _():
    username, mail = name("carol"), address("carol")
    sign_up(username, email=mail)
    answer = ADMIN.admin_confirm_sign_up(UserPoolId=POOL, Username=username)
    same(set(answer), {"ResponseMetadata"}, "UP-5 the answer's members")
    user = ADMIN.admin_get_user(UserPoolId=POOL, Username=username)
    same(user["UserStatus"], "CONFIRMED", "status")
    true(attributes(user["UserAttributes"]).get("email_verified", "false") == "false", "not verified")
    with refused("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"):
        ADMIN.admin_confirm_sign_up(UserPoolId=POOL, Username=username)


@check("UP-8 a password with outer spaces or too long is refused; inner spaces are welcome")
def _():
    username = name("dave")
    clause = "'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$"
    for bad in (" Corr3ct-Horse!", "Aa1!" + "x" * 253):
        try:
            sign_up(username, bad)
            raise AssertionError(f"accepted a password of {len(bad)} characters")
        except APP.exceptions.InvalidParameterException as error:
            true(clause in str(error) and bad not in str(error), str(error))
    sign_up(username, "Corr3ct Horse ! yes")
    ADMIN.admin_confirm_sign_up(UserPoolId=POOL, Username=username)
    true("IdToken" in sign_in(CLIENT, username, "Corr3ct Horse ! yes")["AuthenticationResult"], "sign-in")


@check("UP-7 two violations are told together, and no secret is repeated")
def _():
    loose = idp(parameter_validation=False)
    try:
        loose.sign_up(ClientId="a b", Username=name("eve"), Password=" Sesame-0pen")
        raise AssertionError("two violations were accepted")
    except loose.exceptions.InvalidParameterException as error:
        said = error.response["Error"]["Message"]
        true(said.startswith("2 validation errors detected: "), said)
        true("'clientId'" in said and "'password'" in said and "; " in said, said)
        true("Sesame" not in said, "the password came back")


@check("the password policy names the first rule that fails")
def _():
    for password, rule in (("Ab1!", "Password not long enough"),
                           ("corr3ct-horse", "Password must have uppercase characters"),
                           ("CORR3CT-HORSE", "Password must have lowercase characters"),
                           ("Correct-Horse", "Password must have numeric characters"),
                           ("Corr3ctHorse", "Password must have symbol characters")):
        with refused("InvalidPasswordException", f"Password did not conform with policy: {rule}"):
            sign_up(name("weak"), password)


@check("UP-31 a pool for administrators only lets nobody sign up")
def _():
    closed = pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    client_id = app_client(closed)["ClientId"]
    username = name("frank")
    with refused("NotAuthorizedException", "SignUp is not permitted for this user pool"):
        sign_up(username, client_id=client_id)
    with refused("UserNotFoundException", "User does not exist."):
        status(username, closed)


@check("a signature on a public call is ignored, even a foreign one")
def _():
    stranger = idp(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="not-the-secret")
    username = name("grace")
    true("UserSub" in stranger.sign_up(ClientId=CLIENT, Username=username, Password=PASSWORD), "signed up")
    same(status(username), "UNCONFIRMED", "status")


@check("nobody got a mail who was not meant to")
def _():
    same(len(mails_to(Ana.mail)), 2, "mails to Ana")


check.close()
