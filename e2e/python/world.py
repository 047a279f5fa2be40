"""The server a client file meets: how to reach it, how to get a pool, a client, a person, and their mail."""

import json
import os
import pathlib
import re
import secrets
import time

import boto3
from botocore import UNSIGNED
from botocore.config import Config

ENDPOINT = os.environ["E2E_ENDPOINT"]
MAIL = pathlib.Path(os.environ["E2E_MAIL"])
SMS = pathlib.Path(os.environ["E2E_SMS"])
REGION = os.environ["AWS_DEFAULT_REGION"]
PASSWORD = "Corr3ct-Horse!"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def idp(**options):
    """A boto3 client for user pools. One attempt per call: a retry would hide a 5xx."""
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30,
                    signature_version=options.pop("signature_version", None),
                    parameter_validation=options.pop("parameter_validation", True))
    return boto3.client("cognito-idp", endpoint_url=ENDPOINT, config=config, **options)


def anonymous():
    """A client without credentials, as an app has it."""
    return idp(signature_version=UNSIGNED)


ADMIN = idp()
APP = anonymous()


def name(stem: str) -> str:
    """A name nobody else uses in this run."""
    return f"{stem}-{secrets.token_hex(4)}"


def pool(**settings) -> str:
    """A fresh pool's id. Addresses are verified by mail unless said otherwise."""
    settings = {"PoolName": name("pool"), "AutoVerifiedAttributes": ["email"]} | settings
    return ADMIN.create_user_pool(**settings)["UserPool"]["Id"]


ALL_FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
             "ALLOW_REFRESH_TOKEN_AUTH"]


def app_client(pool_id: str, **settings) -> dict:
    """A fresh app client as CreateUserPoolClient shows it, with every flow of passwords allowed."""
    settings = {"ClientName": name("client"), "ExplicitAuthFlows": ALL_FLOWS} | settings
    return ADMIN.create_user_pool_client(UserPoolId=pool_id, **settings)["UserPoolClient"]


def person(pool_id: str, stem: str = "ana", password: str = PASSWORD, **attributes) -> str:
    """A confirmed person with a permanent password; no mail is sent."""
    username = name(stem)
    pairs = [{"Name": key, "Value": value} for key, value in attributes.items()]
    ADMIN.admin_create_user(UserPoolId=pool_id, Username=username, MessageAction="SUPPRESS", UserAttributes=pairs)
    ADMIN.admin_set_user_password(UserPoolId=pool_id, Username=username, Password=password, Permanent=True)
    return username


def address(stem: str = "ana") -> str:
    """A mail address nobody else uses in this run."""
    return f"{name(stem)}@example.com"


def sign_in(client_id: str, username: str, password: str = PASSWORD, **more) -> dict:
    """USER_PASSWORD_AUTH's whole answer."""
    parameters = {"USERNAME": username, "PASSWORD": password} | more
    return APP.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def tokens(client_id: str, username: str, password: str = PASSWORD) -> dict:
    """The tokens of a fresh sign-in."""
    return sign_in(client_id, username, password)["AuthenticationResult"]


def attributes(listed: list[dict]) -> dict[str, str]:
    """An attribute list as a dictionary."""
    return {entry["Name"]: entry["Value"] for entry in listed}


def mails_to(recipient: str) -> list[dict]:
    """The mails that arrived for one address, oldest first."""
    mails = [json.loads(file.read_text()) for file in sorted(MAIL.glob("*.json"))]
    return [mail for mail in mails if recipient in mail["to"]]


def mail_to(recipient: str, nth: int = 1, seconds: float = 15) -> dict:
    """The nth mail to one address, awaited: mail leaves the server after the answer does."""
    end = time.monotonic() + seconds
    while len(found := mails_to(recipient)) < nth:
        if time.monotonic() > end:
            raise AssertionError(f"mail {nth} to {recipient} did not arrive ({len(found)} did)")
        time.sleep(0.05)
    return found[nth - 1]


def words(mail: dict) -> str:
    """What a reader of the mail reads."""
    return mail["plain"] or re.sub(r"<[^>]+>", " ", mail["html"])


def code_for(recipient: str, nth: int = 1) -> str:
    """The six digits in the nth mail to one address."""
    text = words(mail_to(recipient, nth))
    found = re.search(r"(?<!\d)(\d{6})(?!\d)", text)
    if not found:
        raise AssertionError(f"no code in: {text!r}")
    return found[1]


def number() -> str:
    """A telephone number nobody else uses in this run."""
    return f"+1556{secrets.randbelow(10**7):07}"


def sms_to(recipient: str, nth: int = 1, seconds: float = 15) -> dict:
    """The nth text message to one number, awaited."""
    end = time.monotonic() + seconds
    while True:
        texts = [json.loads(file.read_text()) for file in sorted(SMS.glob("*.json"))]
        found = [text for text in texts if text["recipient"] == recipient]
        if len(found) >= nth:
            return found[nth - 1]
        if time.monotonic() > end:
            raise AssertionError(f"text {nth} to {recipient} did not arrive ({len(found)} did)")
        time.sleep(0.05)


def text_of(message: dict) -> str:
    """What a text message says."""
    return message["body"]


def sms_code_for(recipient: str, nth: int = 1) -> str:
    """The six digits in the nth text message to one number."""
    text = text_of(sms_to(recipient, nth))
    found = re.search(r"(?<!\d)(\d{6})(?!\d)", text)
    if not found:
        raise AssertionError(f"no code in: {text!r}")
    return found[1]


def temporary_password_for(recipient: str, nth: int = 1) -> str:
    """The password in the nth invitation; the sentence ends with a full stop that is not part of it."""
    text = words(mail_to(recipient, nth))
    found = re.search(r"temporary password is (\S+)\.(\s|$)", text)
    if not found:
        raise AssertionError(f"no temporary password in: {text!r}")
    return found[1]


def wrong(code: str) -> str:
    """Another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
