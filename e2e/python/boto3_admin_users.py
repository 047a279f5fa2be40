"""boto3: administrators create, read, list and delete people."""

import datetime

from checks import Checks, refused, same, true
from world import (ADMIN, APP, PASSWORD, UUID, address, app_client, attributes, mail_to, mails_to, name, person, pool,
                   sign_in, temporary_password_for, words)

check = Checks("boto3_admin_users")
POOL = pool()
CLIENT = app_client(POOL)["ClientId"]


class Ana:
    """Who is invited here."""

    username = name("ana")
    mail = address()
    first = ""


def read(username: str) -> dict:
    """AdminGetUser."""
    return ADMIN.admin_get_user(UserPoolId=POOL, Username=username)


def create(username: str, **more) -> dict:
    """AdminCreateUser's user."""
    return ADMIN.admin_create_user(UserPoolId=POOL, Username=username, **more)["User"]


@check("UP-33 a created person must change the password, and both answers agree")
def _():
    made = create(Ana.username, DesiredDeliveryMediums=["EMAIL"],
                  UserAttributes=[{"Name": "email", "Value": Ana.mail}, {"Name": "email_verified", "Value": "True"}])
    same((made["Username"], made["UserStatus"], made["Enabled"]), (Ana.username, "FORCE_CHANGE_PASSWORD", True), "made")
    seen = read(Ana.username)
    same(seen["UserStatus"], "FORCE_CHANGE_PASSWORD", "status")
    held = attributes(seen["UserAttributes"])
    same(held, attributes(made["Attributes"]), "attributes")
    same((held["email"], held["email_verified"]), (Ana.mail, "true"), "address")
    true(UUID.fullmatch(held["sub"]), "sub")
    same(seen["UserAttributes"][0]["Name"], "sub", "sub comes first")


@check("UP-6 a person's dates are dates")
def _():
    now = datetime.datetime.now(datetime.timezone.utc)
    seen = read(Ana.username)
    for member in ("UserCreateDate", "UserLastModifiedDate"):
        true(abs((now - seen[member]).total_seconds()) < 300, f"{member} is {seen[member]}")


@check("UP-33 the invitation carries name and temporary password")
def _():
    mail = mail_to(Ana.mail)
    same(mail["subject"], "Your temporary password", "subject")
    true(f"Your username is {Ana.username} and temporary password is " in words(mail), words(mail))
    Ana.first = temporary_password_for(Ana.mail)
    same(sign_in(CLIENT, Ana.username, Ana.first)["ChallengeName"], "NEW_PASSWORD_REQUIRED", "challenge")


@check("UP-33 RESEND renews the password; the earlier one is worth nothing")
def _():
    create(Ana.username, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"])
    second = temporary_password_for(Ana.mail, nth=2)
    true(second != Ana.first, "a new password")
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(CLIENT, Ana.username, Ana.first)
    same(sign_in(CLIENT, Ana.username, second)["ChallengeName"], "NEW_PASSWORD_REQUIRED", "challenge")


@check("UP-33 RESEND for a confirmed or unknown person is refused; SUPPRESS sends nothing")
def _():
    quiet, mail = name("quiet"), address("quiet")
    create(quiet, MessageAction="SUPPRESS", TemporaryPassword=PASSWORD,
           UserAttributes=[{"Name": "email", "Value": mail}])
    same(sign_in(CLIENT, quiet)["ChallengeName"], "NEW_PASSWORD_REQUIRED", "challenge")
    ADMIN.admin_set_user_password(UserPoolId=POOL, Username=quiet, Password=PASSWORD, Permanent=True)
    with refused("UnsupportedUserStateException", f"Resend not possible. {quiet} status is not FORCE_CHANGE_PASSWORD"):
        create(quiet, MessageAction="RESEND")
    with refused("UserNotFoundException", "User does not exist."):
        create(name("nobody"), MessageAction="RESEND")
    same(len(mails_to(mail)), 0, "mails")


@check("a name is created once, a weak password never")
def _():
    with refused("UsernameExistsException", "User account already exists"):
        create(Ana.username, MessageAction="SUPPRESS")
    weak = name("weak")
    with refused("InvalidPasswordException"):
        create(weak, MessageAction="SUPPRESS", TemporaryPassword="horse")
    with refused("UserNotFoundException"):
        read(weak)


@check("AdminSetUserPassword: permanent confirms, temporary asks for a new one, weak is refused")
def _():
    username = person(POOL, "bob")
    same(read(username)["UserStatus"], "CONFIRMED", "status")
    answer = ADMIN.admin_set_user_password(UserPoolId=POOL, Username=username, Password="An0ther-Horse!")
    same(set(answer), {"ResponseMetadata"}, "UP-5 the answer's members")
    same(read(username)["UserStatus"], "FORCE_CHANGE_PASSWORD", "status")
    same(sign_in(CLIENT, username, "An0ther-Horse!")["ChallengeName"], "NEW_PASSWORD_REQUIRED", "challenge")
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(CLIENT, username, PASSWORD)
    with refused("InvalidPasswordException"):
        ADMIN.admin_set_user_password(UserPoolId=POOL, Username=username, Password="horse", Permanent=True)
    with refused("UserNotFoundException", "User does not exist."):
        ADMIN.admin_set_user_password(UserPoolId=POOL, Username=name("nobody"), Password=PASSWORD, Permanent=True)


@check("ListUsers finds by name, by the start of a name, by address and by status")
def _():
    for text in (f'username = "{Ana.username}"', f'username ^= "{Ana.username[:-1]}"', f'email = "{Ana.mail}"'):
        found = ADMIN.list_users(UserPoolId=POOL, Filter=text)["Users"]
        same([user["Username"] for user in found], [Ana.username], text)
    forced = ADMIN.list_users(UserPoolId=POOL, Filter='cognito:user_status = "FORCE_CHANGE_PASSWORD"')["Users"]
    true(Ana.username in [user["Username"] for user in forced], "by status")
    same(ADMIN.list_users(UserPoolId=POOL, Filter='username = "nobody-here"')["Users"], [], "nobody")


@check("ListUsers shows what AdminGetUser shows, or only the attributes asked for")
def _():
    listed = ADMIN.list_users(UserPoolId=POOL, Filter=f'username = "{Ana.username}"')["Users"][0]
    seen = read(Ana.username)
    same(attributes(listed["Attributes"]), attributes(seen["UserAttributes"]), "attributes")
    for member in ("Username", "UserStatus", "Enabled", "UserCreateDate", "UserLastModifiedDate"):
        same(listed[member], seen[member], member)
    few = ADMIN.list_users(UserPoolId=POOL, Filter=f'username = "{Ana.username}"', AttributesToGet=["email"])
    same([entry["Name"] for entry in few["Users"][0]["Attributes"]], ["email"], "attributes asked for")


@check("a filter that cannot be read is refused")
def _():
    with refused("InvalidParameterException", "Error while parsing filter"):
        ADMIN.list_users(UserPoolId=POOL, Filter="username = ana")
    with refused("InvalidParameterException"):
        ADMIN.list_users(UserPoolId=POOL, Filter='custom:plan = "gold"')


@check("administration of people asks for a signature")
def _():
    for call in (lambda: APP.admin_get_user(UserPoolId=POOL, Username=Ana.username),
                 lambda: APP.list_users(UserPoolId=POOL),
                 lambda: APP.admin_set_user_password(UserPoolId=POOL, Username=Ana.username, Password=PASSWORD)):
        with refused("MissingAuthenticationTokenException"):
            call()


@check("UP-5 a deleted person leaves an empty answer and is gone")
def _():
    meta = ADMIN.admin_delete_user(UserPoolId=POOL, Username=Ana.username)["ResponseMetadata"]
    same(meta["HTTPHeaders"].get("content-length"), "0", "content length")
    with refused("UserNotFoundException", "User does not exist."):
        read(Ana.username)
    with refused("UserNotFoundException", "User does not exist."):
        ADMIN.admin_delete_user(UserPoolId=POOL, Username=Ana.username)
    with refused("UserNotFoundException", "User does not exist."):
        sign_in(CLIENT, Ana.username)


check.close()
