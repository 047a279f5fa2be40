"""boto3: people and administrators change attributes; addresses are proved by real mail."""

from checks import Checks, refused, same, true
from world import (ADMIN, APP, PASSWORD, address, app_client, attributes, code_for, mails_to, name, person, pool,
                   sign_in, tokens, wrong)

check = Checks("boto3_attributes")
SCHEMA = [{"Name": "seat", "AttributeDataType": "String", "Mutable": False},
          {"Name": "team", "AttributeDataType": "String", "Mutable": True}]
POOL = pool(Schema=SCHEMA)
CLIENT = app_client(POOL)["ClientId"]
NOT_WRITABLE = "A client attempted to write unauthorized attribute"


class Ana:
    """Whose attributes change here."""

    old = address()
    new = address("anew")
    username = person(POOL, email=old, email_verified="true", **{"custom:seat": "12a"})
    token = tokens(CLIENT, username)["AccessToken"]


def pairs(**given) -> list[dict]:
    """Attributes as the wire carries them; `custom__x` stands for `custom:x`."""
    return [{"Name": key.replace("__", ":"), "Value": value} for key, value in given.items()]


def update(token: str = Ana.token, **given) -> list[dict]:
    """UpdateUserAttributes: where codes went."""
    return APP.update_user_attributes(AccessToken=token, UserAttributes=pairs(**given))["CodeDeliveryDetailsList"]


def shown(token: str = Ana.token) -> dict[str, str]:
    """What GetUser shows."""
    return attributes(APP.get_user(AccessToken=token)["UserAttributes"])


def held(username: str, pool_id: str = POOL) -> dict[str, str]:
    """What AdminGetUser shows."""
    return attributes(ADMIN.admin_get_user(UserPoolId=pool_id, Username=username)["UserAttributes"])


@check("UpdateUserAttributes needs no signature; GetUser and AdminGetUser agree on what it wrote")
def _():
    same(update(given_name="Ana", custom__team="blue"), [], "no codes")
    for seen in (shown(), held(Ana.username)):
        same((seen["given_name"], seen["custom:team"]), ("Ana", "blue"), "attributes")


@check("UP-38 a changed address is unverified at once and gets a code")
def _():
    details = {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    same(update(email=Ana.new), [details], "delivery")
    same((shown()["email"], shown()["email_verified"]), (Ana.new, "false"), "at once")
    code = code_for(Ana.new)
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        APP.verify_user_attribute(AccessToken=Ana.token, AttributeName="email", Code=wrong(code))
    answer = APP.get_user_attribute_verification_code(AccessToken=Ana.token, AttributeName="email")
    same(answer["CodeDeliveryDetails"], details, "delivery")
    fresh = code_for(Ana.new, nth=2)
    answer = APP.verify_user_attribute(AccessToken=Ana.token, AttributeName="email", Code=fresh)
    same(set(answer), {"ResponseMetadata"}, "UP-5 the answer's members")
    same(held(Ana.username)["email_verified"], "true", "verified")
    with refused("ExpiredCodeException", "Invalid code provided, please request a code again."):
        APP.verify_user_attribute(AccessToken=Ana.token, AttributeName="email", Code=fresh)


@check("UP-23 UP-24 immutable, unknown and foreign attributes are refused, and nothing of the call is kept")
def _():
    with refused("InvalidParameterException",
                 "user.custom:seat: Attribute cannot be updated. (changing an immutable attribute)"):
        update(custom__team="red", custom__seat="12b")
    with refused("InvalidParameterException", "user.custom:none: Attribute does not exist in the schema.\n"):
        update(custom__none="x")
    for flag in ("email_verified", "phone_number_verified", "sub", "identities"):
        with refused("NotAuthorizedException", NOT_WRITABLE):
            update(**{flag: "true"})
    narrow = app_client(POOL, WriteAttributes=["email"])["ClientId"]
    with refused("NotAuthorizedException", NOT_WRITABLE):
        update(tokens(narrow, Ana.username)["AccessToken"], given_name="Eve")
    same((shown()["custom:team"], shown()["custom:seat"], shown()["given_name"]), ("blue", "12a", "Ana"), "kept")


@check("DeleteUserAttributes takes away, and the flag goes with the address")
def _():
    APP.delete_user_attributes(AccessToken=Ana.token, UserAttributeNames=["given_name", "email"])
    seen = shown()
    true(not {"given_name", "email", "email_verified"} & set(seen), f"gone: {seen}")
    with refused("InvalidParameterException", "user.custom:none: Attribute does not exist in the schema.\n"):
        APP.delete_user_attributes(AccessToken=Ana.token, UserAttributeNames=["custom:none"])
    with refused("InvalidParameterException"):
        APP.verify_user_attribute(AccessToken=Ana.token, AttributeName="email", Code="123456")


@check("administrators write flags and past the lists, and take away")
def _():
    mail = address("adm")
    answer = ADMIN.admin_update_user_attributes(UserPoolId=POOL, Username=Ana.username, UserAttributes=pairs(
        email=mail, email_verified="true", nickname="A"))
    same(set(answer), {"ResponseMetadata"}, "UP-5 the answer's members")
    seen = held(Ana.username)
    same((seen["email"], seen["email_verified"], seen["nickname"]), (mail, "true", "A"), "attributes")
    ADMIN.admin_delete_user_attributes(UserPoolId=POOL, Username=Ana.username, UserAttributeNames=["nickname"])
    true("nickname" not in held(Ana.username), "gone")
    same(len(mails_to(mail)), 0, "what is verified gets no code")
    for call, given in ((ADMIN.admin_update_user_attributes, {"UserAttributes": pairs(nickname="A")}),
                        (ADMIN.admin_delete_user_attributes, {"UserAttributeNames": ["nickname"]})):
        with refused("UserNotFoundException", "User does not exist."):
            call(UserPoolId=POOL, Username=name("nobody"), **given)


@check("UP-17 UP-38 where addresses are names the old one signs in until the new one is proved")
def _():
    first = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    named = pool(UsernameAttributes=["email"], UserAttributeUpdateSettings=first)
    client, old, new = app_client(named)["ClientId"], address(), address("anew")
    ADMIN.admin_create_user(UserPoolId=named, Username=old, MessageAction="SUPPRESS",
                            UserAttributes=pairs(email_verified="true"))
    ADMIN.admin_set_user_password(UserPoolId=named, Username=old, Password=PASSWORD, Permanent=True)
    token = tokens(client, old)["AccessToken"]
    same(len(update(token, email=new)), 1, "one code")
    same((held(old, named)["email"], held(old, named)["email_verified"]), (old, "true"), "still the old one")
    with refused("UserNotFoundException", "User does not exist."):
        sign_in(client, new)
    APP.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code_for(new))
    true("AccessToken" in sign_in(client, new)["AuthenticationResult"], "sign-in by the new one")
    with refused("UserNotFoundException", "User does not exist."):
        sign_in(client, old)


@check("UP-20 UP-21 an alias signs in once verified, a preferred username at once, and each is one person's")
def _():
    named = pool(AliasAttributes=["email", "preferred_username"])
    client, mail, preferred = app_client(named)["ClientId"], address(), name("anita")
    ana, bob = person(named), person(named, "bob")
    token = tokens(client, ana)["AccessToken"]
    update(token, email=mail, preferred_username=preferred)
    true("AccessToken" in sign_in(client, preferred)["AuthenticationResult"], "by preferred username")
    with refused("UserNotFoundException"):
        sign_in(client, mail)
    APP.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code_for(mail))
    true("AccessToken" in sign_in(client, mail)["AuthenticationResult"], "by alias")
    other = tokens(client, bob)["AccessToken"]
    with refused("AliasExistsException", "An account with the preferred_username already exists."):
        update(other, preferred_username=preferred)
    update(other, email=mail)
    with refused("AliasExistsException", "An account with the email already exists."):
        APP.verify_user_attribute(AccessToken=other, AttributeName="email", Code=code_for(mail, nth=2))
    same(held(bob, named)["email_verified"], "false", "Bob's stays unverified")


@check("SM-25 six codes in an hour are one too many")
def _():
    mail = address("many")
    username = person(POOL, "eve", email=mail)
    token = tokens(CLIENT, username)["AccessToken"]
    for _ in range(5):
        APP.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    with refused("LimitExceededException", "Attempt limit exceeded, please try after some time."):
        APP.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    code_for(mail, nth=5)
    same(len(mails_to(mail)), 5, "mails")


check.close()
