"""Calls of `cognito-idp` to one address, a connection each: behind the proxy every call meets the next node."""

import http.client
import json
import re
import secrets
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = "eu-west-1"
PASSWORD = "Corr3ct-Horse!"
FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


class Refused(Exception):
    """An error of the service, with its code and HTTP status."""

    def __init__(self, status: int, code: str, text: str):
        super().__init__(f"{status} {code}: {text}")
        self.status, self.code = status, code


class Api:
    """One address: a node's own, or the proxy's."""

    def __init__(self, port: int, root_key: tuple[str, str]):
        self.port = port
        self.credentials = Credentials(*root_key)

    def __call__(self, operation: str, signed: bool = False, **members) -> dict:
        """Calls an operation once."""
        url = f"http://127.0.0.1:{self.port}/"
        headers = {"Content-Type": "application/x-amz-json-1.1",
                   "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
        request = AWSRequest("POST", url, headers, json.dumps(members).encode())
        if signed:
            SigV4Auth(self.credentials, "cognito-idp", REGION).add_auth(request)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/", request.body, {**dict(request.headers), "Connection": "close"})
            answer = connection.getresponse()
            body = json.loads(answer.read() or b"{}")
        finally:
            connection.close()
        if answer.status != 200:
            code = str(body.get("__type", "")).rsplit("#", 1)[-1]
            raise Refused(answer.status, code, str(body.get("message", body.get("Message", ""))))
        return body

    def admin(self, operation: str, **members) -> dict:
        """Calls a signed operation."""
        return self(operation, signed=True, **members)

    def set_up(self, operation: str, **members) -> dict:
        """Calls a signed operation that only prepares a check, and comes again when a busy machine says so."""
        for _ in range(20):
            try:
                return self.admin(operation, **members)
            except Refused as refused:
                if refused.code != "TooManyRequestsException":
                    raise
                time.sleep(0.5)
        return self.admin(operation, **members)

    def sign_in(self, client: str, name: str, password: str = PASSWORD) -> dict:
        """The tokens of a fresh sign-in."""
        answer = self("InitiateAuth", ClientId=client, AuthFlow="USER_PASSWORD_AUTH",
                      AuthParameters={"USERNAME": name, "PASSWORD": password})
        return answer["AuthenticationResult"]

    def refresh(self, client: str, tokens: dict) -> dict:
        """Fresh tokens for a refresh token."""
        answer = self("InitiateAuth", ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH",
                      AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
        return answer["AuthenticationResult"]

    def who(self, tokens: dict) -> dict:
        """GetUser with the access token."""
        return self("GetUser", AccessToken=tokens["AccessToken"])


class World:
    """A pool and a client, the way to every node and to the proxy, and the mail that arrives."""

    def __init__(self, cluster, postgres, mails):
        self.cluster, self.postgres = cluster, postgres
        self.any = Api(cluster.proxy.port, cluster.root_key)
        self.each = [Api(node.port, cluster.root_key) for node in cluster.nodes]
        self._mails = mails
        made = self.any.admin("CreateUserPool", PoolName="people", AutoVerifiedAttributes=["email"])
        self.pool = made["UserPool"]["Id"]
        made = self.any.admin("CreateUserPoolClient", UserPoolId=self.pool, ClientName="app", ExplicitAuthFlows=FLOWS)
        self.client = made["UserPoolClient"]["ClientId"]

    def sign_up(self, api: Api, name: str) -> dict:
        """SignUp with an address of the name's own."""
        return api("SignUp", ClientId=self.client, Username=name, Password=PASSWORD,
                   UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}])

    def confirm(self, api: Api, name: str, code: str) -> dict:
        """ConfirmSignUp."""
        return api("ConfirmSignUp", ClientId=self.client, Username=name, ConfirmationCode=code)

    def code_for(self, name: str, seconds: float = 15) -> str:
        """The six digits in the mail to a name's address, awaited."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for file in self._mails.glob("*.json"):
                mail = json.loads(file.read_text())
                if f"{name}@example.com" in mail["to"]:
                    return re.search(r"(?<!\d)\d{6}(?!\d)", mail["plain"] or mail["html"])[0]
            time.sleep(0.05)
        raise AssertionError(f"no mail for {name} within {seconds:.0f} s")

    def person_name(self, stem: str) -> str:
        """A name nobody else has."""
        return f"{stem}-{secrets.token_hex(5)}"

    def invited(self) -> str:
        """A person whom the administrator made, with a password for the first time only."""
        name = self.person_name("ivy")
        self.any.set_up("AdminCreateUser", UserPoolId=self.pool, Username=name, MessageAction="SUPPRESS",
                       TemporaryPassword=PASSWORD)
        return name

    def first_password_session(self, api: Api, name: str) -> str:
        """The session of the challenge that asks an invited person for a password of their own."""
        answer = api("InitiateAuth", ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH",
                     AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD})
        assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED", answer
        return answer["Session"]

    def set_first_password(self, api: Api, name: str, session: str) -> dict:
        """The answer to that challenge."""
        return api("RespondToAuthChallenge", ClientId=self.client, ChallengeName="NEW_PASSWORD_REQUIRED",
                   Session=session, ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": f"{PASSWORD}2"})

    def change_client(self, api: Api, flows: list[str] | None = None) -> None:
        """Lets the client use these flows, or all again."""
        api.admin("UpdateUserPoolClient", UserPoolId=self.pool, ClientId=self.client,
                  ExplicitAuthFlows=FLOWS if flows is None else flows)

    def pause(self, seconds: float) -> None:
        """Lets time pass: these are real servers, and nobody can turn their clocks."""
        time.sleep(seconds)

    def person(self, stem: str) -> str:
        """A confirmed person, made by the administrator."""
        name = self.person_name(stem)
        self.any.set_up("AdminCreateUser", UserPoolId=self.pool, Username=name, MessageAction="SUPPRESS")
        self.any.set_up("AdminSetUserPassword", UserPoolId=self.pool, Username=name, Password=PASSWORD, Permanent=True)
        return name


def expect_refused(codes, ask, *arguments, **members) -> None:
    """The call must be refused with one of these codes."""
    codes = {codes} if isinstance(codes, str) else set(codes)
    try:
        answer = ask(*arguments, **members)
    except Refused as refused:
        if refused.code not in codes:
            raise AssertionError(f"expected {' or '.join(sorted(codes))}, heard {refused}") from refused
    else:
        raise AssertionError(f"expected {' or '.join(sorted(codes))}, and it was answered: {str(answer)[:120]}")
