"""boto3: a lost password, a changed one, one that was used before; people switched off, signed out and gone."""

from checks import Checks, refused, same, true
from world import (ADMIN, APP, PASSWORD, address, app_client, code_for, mails_to, name, person, pool, sign_in, tokens,
                   wrong)

check = Checks("boto3_passwords")
POOL = pool()
CLIENT = app_client(POOL)["ClientId"]
NEXT, THIRD = "Br4nd-New-Horse!", "Th1rd-Horse!"
REVOKED = ("NotAuthorizedException", "Access Token has been revoked")
WRONG = ("NotAuthorizedException", "Incorrect username or password.")
USED = ("PasswordHistoryPolicyViolationException", "Password has previously been used")


def verified(stem: str, pool_id: str = POOL) -> tuple[str, str]:
    """A person with a verified address."""
    mail = address(stem)
    return person(pool_id, stem, email=mail, email_verified="true"), mail


def forgot(username: str, client_id: str = CLIENT) -> dict:
    """ForgotPassword's delivery."""
    return APP.forgot_password(ClientId=client_id, Username=username)["CodeDeliveryDetails"]


def confirm(username: str, code: str, password: str, client_id: str = CLIENT) -> dict:
    """ConfirmForgotPassword."""
    return APP.confirm_forgot_password(ClientId=client_id, Username=username, ConfirmationCode=code, Password=password)


def status(username: str) -> str:
    """What the directory says of a person."""
    return ADMIN.admin_get_user(UserPoolId=POOL, Username=username)["UserStatus"]


@check("a lost password: the code comes by mail, a wrong one is refused, the right one sets a new password once")
def _():
    ana, mail = verified("ana")
    same(forgot(ana), {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}, "delivery")
    code = code_for(mail)
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        confirm(ana, wrong(code), NEXT)
    with refused("InvalidPasswordException", "Password did not conform with policy: Password not long enough"):
        confirm(ana, code, "aA1!")
    same(set(confirm(ana, code, NEXT)), {"ResponseMetadata"}, "UP-5 members")
    true("AccessToken" in tokens(CLIENT, ana, NEXT), "sign-in with the new password")
    with refused(*WRONG):
        sign_in(CLIENT, ana)
    with refused("ExpiredCodeException", "Invalid code provided, please request a code again."):
        confirm(ana, code, THIRD)


@check("a second code takes the place of the first")
def _():
    ana, mail = verified("ana")
    forgot(ana)
    first = code_for(mail)
    forgot(ana)
    second = code_for(mail, nth=2)
    if first != second:
        with refused("CodeMismatchException"):
            confirm(ana, first, NEXT)
    confirm(ana, second, NEXT)
    true("AccessToken" in tokens(CLIENT, ana, NEXT), "sign-in with the new password")


@check("AU-32 openly a stranger is told so; masked they get a made-up destination, and no code of theirs is right")
def _():
    stranger = name("stranger")
    with refused("UserNotFoundException", "Username/client id combination not found."):
        forgot(stranger)
    masked = app_client(POOL, PreventUserExistenceErrors="ENABLED")["ClientId"]
    same(forgot(stranger, masked), forgot(stranger, masked), "the same each time")
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        confirm(stranger, "123456", NEXT, masked)
    same(mails_to(stranger), [], "mails")


@check("UP-39 where only administrators recover people, nobody gets a code; without a contact neither")
def _():
    closed = pool(AccountRecoverySetting={"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]})
    ana, mail = verified("ana", closed)
    with refused("NotAuthorizedException", "Contact administrator to reset password."):
        forgot(ana, app_client(closed)["ClientId"])
    same(mails_to(mail), [], "mails")
    with refused("InvalidParameterException",
                 "Cannot reset password for the user as there is no registered/verified email or phone_number"):
        forgot(person(POOL, "bare"))


@check("UP-36 AdminResetUserPassword asks for a new password by code")
def _():
    ana, mail = verified("ana")
    held = tokens(CLIENT, ana)
    same(set(ADMIN.admin_reset_user_password(UserPoolId=POOL, Username=ana)), {"ResponseMetadata"}, "UP-5 members")
    same(status(ana), "RESET_REQUIRED", "status")
    required = ("PasswordResetRequiredException", "Password reset required for the user")
    with refused(*required):
        sign_in(CLIENT, ana)
    with refused(*required):
        APP.get_user(AccessToken=held["AccessToken"])
    confirm(ana, code_for(mail), NEXT)
    same(status(ana), "CONFIRMED", "status")
    true("AccessToken" in tokens(CLIENT, ana, NEXT), "sign-in with the new password")


@check("ChangePassword proves the present password, and tokens live on")
def _():
    ana = person(POOL)
    token = tokens(CLIENT, ana)["AccessToken"]
    with refused(*WRONG):
        APP.change_password(AccessToken=token, PreviousPassword="Wr0ng-Horse!", ProposedPassword=NEXT)
    answer = APP.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEXT)
    same(set(answer), {"ResponseMetadata"}, "UP-5 members")
    same(APP.get_user(AccessToken=token)["Username"], ana, "the token still opens the profile")
    true("AccessToken" in tokens(CLIENT, ana, NEXT), "sign-in with the new password")
    with refused(*WRONG):
        sign_in(CLIENT, ana)


@check("UP-37 a pool that remembers two passwords refuses the present and the one before")
def _():
    policy = {"MinimumLength": 8, "PasswordHistorySize": 2}
    remembering = pool(Policies={"PasswordPolicy": policy})
    shown = ADMIN.describe_user_pool(UserPoolId=remembering)["UserPool"]["Policies"]["PasswordPolicy"]
    same(shown["PasswordHistorySize"], 2, "size")
    client_id, ana = app_client(remembering)["ClientId"], person(remembering)
    token = tokens(client_id, ana)["AccessToken"]

    def change(old: str, new: str) -> None:
        APP.change_password(AccessToken=token, PreviousPassword=old, ProposedPassword=new)

    change(PASSWORD, NEXT)
    for used in (PASSWORD, NEXT):
        with refused(*USED):
            change(NEXT, used)
    ADMIN.admin_set_user_password(UserPoolId=remembering, Username=ana, Password=THIRD, Permanent=True)
    with refused(*USED):
        ADMIN.admin_set_user_password(UserPoolId=remembering, Username=ana, Password=NEXT, Permanent=True)
    change(THIRD, PASSWORD)
    true("AccessToken" in tokens(client_id, ana), "the first one again")


@check("AU-36 UP-40 switched off at once, switched on without the old tokens")
def _():
    ana = person(POOL)
    held = tokens(CLIENT, ana)
    ADMIN.admin_disable_user(UserPoolId=POOL, Username=ana)
    same(ADMIN.admin_get_user(UserPoolId=POOL, Username=ana)["Enabled"], False, "enabled")
    with refused("NotAuthorizedException", "User is disabled."):
        sign_in(CLIENT, ana)
    ADMIN.admin_enable_user(UserPoolId=POOL, Username=ana)
    same(ADMIN.admin_get_user(UserPoolId=POOL, Username=ana)["Enabled"], True, "enabled")
    with refused(*REVOKED):
        APP.get_user(AccessToken=held["AccessToken"])
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        APP.initiate_auth(ClientId=CLIENT, AuthFlow="REFRESH_TOKEN_AUTH",
                          AuthParameters={"REFRESH_TOKEN": held["RefreshToken"]})
    same(APP.get_user(AccessToken=tokens(CLIENT, ana)["AccessToken"])["Username"], ana, "after the next sign-in")


@check("TK-19 AU-34 AdminUserGlobalSignOut ends what was, of this person alone")
def _():
    ana, bob = person(POOL), person(POOL, "bob")
    before, other = tokens(CLIENT, ana), tokens(CLIENT, bob)
    ADMIN.admin_user_global_sign_out(UserPoolId=POOL, Username=ana)
    after = tokens(CLIENT, ana)
    with refused(*REVOKED):
        APP.get_user(AccessToken=before["AccessToken"])
    same(APP.get_user(AccessToken=after["AccessToken"])["Username"], ana, "the sign-in after")
    same(APP.get_user(AccessToken=other["AccessToken"])["Username"], bob, "somebody else")


@check("DeleteUser removes the person")
def _():
    ana = person(POOL)
    token = tokens(CLIENT, ana)["AccessToken"]
    same(set(APP.delete_user(AccessToken=token)), {"ResponseMetadata"}, "members")
    with refused("UserNotFoundException", "User does not exist."):
        ADMIN.admin_get_user(UserPoolId=POOL, Username=ana)
    with refused("UserNotFoundException", "User does not exist."):
        APP.delete_user(AccessToken=token)


check.close()
