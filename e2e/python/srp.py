"""The person's half of SRP, done by pycognito; the calls stay boto3's, so that every member can be looked at."""

import base64
import hashlib
import hmac

from pycognito.aws_srp import AWSSRP

from world import APP, PASSWORD


class Proof:
    """One attempt to prove a password without sending it."""

    def __init__(self, pool_id: str, client_id: str, username: str, password: str = PASSWORD, secret: str | None = None):
        self._client_id = client_id
        self._srp = AWSSRP(username=username, password=password, pool_id=pool_id, client_id=client_id, client=APP,
                           client_secret=secret)
        self.parameters = self._srp.get_auth_params()

    def start(self) -> dict:
        """InitiateAuth's answer."""
        return APP.initiate_auth(ClientId=self._client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=self.parameters)

    def responses(self, challenge: dict) -> dict[str, str]:
        """What answers PASSWORD_VERIFIER."""
        return self._srp.process_challenge(challenge["ChallengeParameters"], self.parameters)

    def answer(self, challenge: dict, **more) -> dict:
        """RespondToAuthChallenge's answer; a Session goes along only when given."""
        return APP.respond_to_auth_challenge(ClientId=self._client_id, ChallengeName="PASSWORD_VERIFIER",
                                             ChallengeResponses=self.responses(challenge), **more)

    def tokens(self) -> dict:
        """Both steps."""
        challenge = self.start()
        return self.answer(challenge, Session=challenge["Session"])["AuthenticationResult"]


def secret_hash(username: str, client_id: str, secret: str) -> str:
    """authentication.md 1.2."""
    return base64.b64encode(hmac.digest(secret.encode(), (username + client_id).encode(), hashlib.sha256)).decode()
