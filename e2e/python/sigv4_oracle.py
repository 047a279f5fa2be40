"""Writes requests that botocore signed to crates/crypto/tests/vectors/sigv4_botocore.json, which a Rust test verifies.

    python sigv4_oracle.py > crates/crypto/tests/vectors/sigv4_botocore.json
"""

import base64
import datetime
import json
import urllib.parse
from unittest import mock

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

MOMENT = datetime.datetime(2015, 8, 30, 12, 36, 0)
KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = Credentials(KEY.access_key, KEY.secret_key, "session/token+=")
TARGET = {"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools"}

REQUESTS = [
    ("POST", "http://localhost:9229/", TARGET, b'{"MaxResults":10}', "cognito-idp"),
    ("GET", "http://localhost:9229/identitypools/us-east-1%3Aab/identities/us-east-1%3Acd/datasets", {}, b"", "cognito-sync"),
    ("GET", "http://localhost:9229/a//b/../c/./d/", {}, b"", "cognito-sync"),
    ("GET", "http://localhost:9229/a%2Fb%20c~d", {}, b"", "cognito-sync"),
    ("GET", "http://localhost:9229/..", {}, b"", "cognito-sync"),
    ("GET", "http://localhost:9229/p?b=2&a=1&a=0&c=&d=%20%2B%C3%BC", {}, b"", "cognito-sync"),
    ("POST", "http://localhost:9229/", {"X-Amz-Meta": "  two   words  "}, b"Action=GetCallerIdentity&Version=2011-06-15", "sts"),
    ("POST", "https://example.com/", {"Content-Type": "application/x-amz-json-1.1; charset=utf-8"}, b"{}", "cognito-idp"),
]


def moment(*_args, **_kwargs):
    return MOMENT


def frozen():
    """botocore asks for the time in one of two ways, depending on its version."""
    import botocore.auth as auth

    if hasattr(auth, "get_current_datetime"):
        return mock.patch.object(auth, "get_current_datetime", moment)
    frozen_datetime = mock.Mock(wraps=datetime.datetime)
    frozen_datetime.utcnow = moment
    return mock.patch.object(auth.datetime, "datetime", frozen_datetime)


def row(kind, request, body):
    url = urllib.parse.urlsplit(request.url)
    headers = {name: value for name, value in request.headers.items()}
    headers.setdefault("Host", url.netloc)
    return {
        "kind": kind,
        "method": request.method,
        "path": url.path,
        "query": url.query,
        "headers": headers,
        "body": base64.b64encode(body).decode(),
    }


def main():
    rows = []
    with frozen():
        for method, url, headers, body, service in REQUESTS:
            for key in [KEY, SESSION]:
                request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
                SigV4Auth(key, service, "us-east-1").add_auth(request)
                rows.append(row("header", request, body))
        for key in [KEY, SESSION]:
            request = AWSRequest(method="GET", url="http://localhost:9229/?Action=GetCallerIdentity&Version=2011-06-15")
            SigV4QueryAuth(key, "sts", "us-east-1", expires=60).add_auth(request)
            rows.append(row("query", request, b""))
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
