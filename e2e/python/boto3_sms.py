"""boto3: codes and invitations by SMS, through the operator's gateway."""

from checks import Checks, refused, same, true
from world import (ADMIN, APP, PASSWORD, address, app_client, attributes, mails_to, name, number, pool, sms_code_for,
                   sms_to, text_of, tokens, wrong)

check = Checks("boto3_sms")
ROLE = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "cognate"}
POOL = pool(AutoVerifiedAttributes=["phone_number", "email"], SmsConfiguration=ROLE,
            SmsVerificationMessage="Your shop code: {####}")
CLIENT = app_client(POOL)["ClientId"]


def sign_up(username: str, **held: str) -> dict:
    """SignUp's answer."""
    pairs = [{"Name": key, "Value": value} for key, value in held.items()]
    return APP.sign_up(ClientId=CLIENT, Username=username, Password=PASSWORD, UserAttributes=pairs)


def status(username: str) -> str:
    """What AdminGetUser says of somebody."""
    return ADMIN.admin_get_user(UserPoolId=POOL, Username=username)["UserStatus"]


@check("UP-29 with an address and a number on file the code goes by SMS only, in the pool's words")
def _():
    username, mail, phone = name("ana"), address(), number()
    details = sign_up(username, email=mail, phone_number=phone)["CodeDeliveryDetails"]
    same(details, {"Destination": f"+*******{phone[-4:]}", "DeliveryMedium": "SMS", "AttributeName": "phone_number"},
         "details")
    code = sms_code_for(phone)
    same(text_of(sms_to(phone)), f"Your shop code: {code}", "text")
    same(mails_to(mail), [], "mails")
    with refused("CodeMismatchException"):
        APP.confirm_sign_up(ClientId=CLIENT, Username=username, ConfirmationCode=wrong(code))
    APP.confirm_sign_up(ClientId=CLIENT, Username=username, ConfirmationCode=code)
    held = attributes(ADMIN.admin_get_user(UserPoolId=POOL, Username=username)["UserAttributes"])
    same((held["phone_number_verified"], held.get("email_verified", "false")), ("true", "false"), "what was proved")
    true(tokens(CLIENT, username)["AccessToken"], "signs in")


@check("a new code by SMS replaces the older one")
def _():
    username, phone = name("bob"), number()
    sign_up(username, phone_number=phone)
    old = sms_code_for(phone)
    APP.resend_confirmation_code(ClientId=CLIENT, Username=username)
    new = sms_code_for(phone, 2)
    if old != new:
        with refused("CodeMismatchException"):
            APP.confirm_sign_up(ClientId=CLIENT, Username=username, ConfirmationCode=old)
    APP.confirm_sign_up(ClientId=CLIENT, Username=username, ConfirmationCode=new)
    same(status(username), "CONFIRMED", "status")


@check("UP-32 a number that the gateway refuses is told at once; the person is there and can be confirmed otherwise")
def _():
    username = name("eva")
    with refused("CodeDeliveryFailureException"):
        sign_up(username, phone_number="+15550190421")
    same(status(username), "UNCONFIRMED", "status")
    ADMIN.admin_confirm_sign_up(UserPoolId=POOL, Username=username)
    same(status(username), "CONFIRMED", "status after")


@check("SM-27 a gateway in trouble does not fail the call")
def _():
    username = name("kim")
    same(sign_up(username, phone_number="+15550190501")["CodeDeliveryDetails"]["DeliveryMedium"], "SMS", "medium")
    same(status(username), "UNCONFIRMED", "status")


@check("SM-24 an invitation by SMS holds name and password; RESEND renews it, SUPPRESS sends nothing")
def _():
    username, phone = name("ivo"), number()
    made = {"UserPoolId": POOL, "Username": username}
    ADMIN.admin_create_user(**made, MessageAction="SUPPRESS", UserAttributes=[{"Name": "phone_number", "Value": phone}])
    ADMIN.admin_create_user(**made, MessageAction="RESEND")
    first = text_of(sms_to(phone))
    true(first.startswith(f"Your username is {username} and temporary password is "), first)
    ADMIN.admin_create_user(**made, MessageAction="RESEND", DesiredDeliveryMediums=["SMS"])
    second = text_of(sms_to(phone, 2))
    true(first != second, "renewed")
    password = second.split(" temporary password is ")[1].rstrip().removesuffix(".")
    answer = APP.initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
                               AuthParameters={"USERNAME": username, "PASSWORD": password})
    same(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED", "challenge")


@check("a pool without SMS configuration verifies no telephone and invites nobody by SMS")
def _():
    with refused("InvalidParameterException",
                 "SMS configuration is required when phone_number is selected for auto verification"):
        ADMIN.create_user_pool(PoolName=name("pool"), AutoVerifiedAttributes=["phone_number"])
    plain, username = pool(), name("zoe")
    with refused("InvalidParameterException", "User pool does not have SMS configuration to send messages."):
        ADMIN.admin_create_user(UserPoolId=plain, Username=username, DesiredDeliveryMediums=["SMS"],
                                UserAttributes=[{"Name": "phone_number", "Value": number()}])
    with refused("UserNotFoundException"):
        ADMIN.admin_get_user(UserPoolId=plain, Username=username)


@check("a number that is none is refused before anything is sent")
def _():
    for bad in ("0155", "+1 555 0100", "+0155501001", "15550100199"):
        with refused("InvalidParameterException", "Invalid phone number format."):
            sign_up(name("no"), phone_number=bad)


check.close()
