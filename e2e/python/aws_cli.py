"""`aws_cli.py PATH_TO_AWS`: the command line as a person types it, from the first pool to the last sign-out."""

import json
import os
import re
import subprocess
import sys

from checks import Checks, same, true
from world import ENDPOINT, PASSWORD, address, code_for, name, wrong

AWS = sys.argv[1]
VERSION = subprocess.run([AWS, "--version"], capture_output=True, text=True).stdout.split()[0].replace("/", "-")
check = Checks(VERSION)


class Refusal(Exception):
    """What the CLI prints when the service says no: `An error occurred (Code) when calling the X operation: text`."""

    def __init__(self, printed: str):
        super().__init__(printed.strip())
        found = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation(?: \(.*?\))?: (.*)", printed)
        self.code, self.text = (found[1], found[2].strip()) if found else ("", printed.strip())


def aws(*words: str, env: dict[str, str] | None = None) -> dict:
    """`aws cognito-idp …`; its JSON, or an empty object where it prints nothing."""
    command = [AWS, "--endpoint-url", ENDPOINT, "--output", "json", "cognito-idp", *words]
    done = subprocess.run(command, env=os.environ | {"AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": ""} | (env or {}),
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=90)
    if done.returncode:
        raise Refusal(done.stderr)
    return json.loads(done.stdout) if done.stdout.strip() else {}


def refused(code: str, text: str | None, *words: str, env: dict[str, str] | None = None) -> None:
    """The same command, which must be turned away."""
    try:
        aws(*words, env=env)
    except Refusal as refusal:
        same(refusal.code, code, f"code of: {refusal}")
        if text is not None:
            same(refusal.text, text, "sentence")
    else:
        raise AssertionError(f"expected {code}, but it was accepted")


class Story:
    """What one command printed and a later one needs."""

    pool = client = sub = access = refresh = ""
    ana, mail = name("ana"), address()


def sign_in(username: str, password: str) -> tuple[str, ...]:
    """The words of a sign-in by password."""
    return ("initiate-auth", "--client-id", Story.client, "--auth-flow", "USER_PASSWORD_AUTH",
            "--auth-parameters", f"USERNAME={username},PASSWORD={password}")


def of_pool(command: str, *words: str) -> tuple[str, ...]:
    """The words of a command about the pool."""
    return (command, "--user-pool-id", Story.pool, *words)


@check("CR-2 create-user-pool, and describe-user-pool prints the same")
def _():
    made = aws("create-user-pool", "--pool-name", name("cli"), "--auto-verified-attributes", "email")["UserPool"]
    Story.pool = made["Id"]
    same(aws(*of_pool("describe-user-pool"))["UserPool"], made, "described pool")
    # Version 1 prints the number that was sent, version 2 a date made of it.
    true(re.match(r"20\d\d-\d\d-\d\dT|1\d{9}(\.\d+)?$", str(made["CreationDate"])), f"UP-6 date {made['CreationDate']}")


@check("a wrong secret and a key nobody made are refused")
def _():
    refused("InvalidSignatureException", None, *of_pool("describe-user-pool"), env={"AWS_SECRET_ACCESS_KEY": "x" * 40})
    refused("UnrecognizedClientException", "The security token included in the request is invalid.",
            *of_pool("describe-user-pool"), env={"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"})


@check("update-user-pool changes what it is told")
def _():
    same(aws(*of_pool("update-user-pool", "--auto-verified-attributes", "email", "--policies",
                      "PasswordPolicy={MinimumLength=10,RequireSymbols=true}")), {}, "answer")
    policy = aws(*of_pool("describe-user-pool"))["UserPool"]["Policies"]["PasswordPolicy"]
    same(policy["MinimumLength"], 10, "length")


@check("create-user-pool-client, update and describe")
def _():
    made = aws(*of_pool("create-user-pool-client", "--client-name", "cli", "--explicit-auth-flows",
                        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"))["UserPoolClient"]
    Story.client = made["ClientId"]
    changed = aws(*of_pool("update-user-pool-client", "--client-id", Story.client, "--client-name", "renamed",
                           "--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                           "ALLOW_REFRESH_TOKEN_AUTH"))["UserPoolClient"]
    same(aws(*of_pool("describe-user-pool-client", "--client-id", Story.client))["UserPoolClient"], changed, "client")
    same(changed["ClientName"], "renamed", "name")


@check("list-user-pools and list-user-pool-clients, page by page")
def _():
    page = aws("list-user-pools", "--max-results", "60")
    found = [entry["Id"] for entry in page["UserPools"]]
    while "NextToken" in page:
        page = aws("list-user-pools", "--max-results", "60", "--next-token", page["NextToken"])
        found += [entry["Id"] for entry in page["UserPools"]]
    true(found.count(Story.pool) == 1, "our pool, once")
    clients = aws(*of_pool("list-user-pool-clients", "--page-size", "1"))["UserPoolClients"]
    same([entry["ClientId"] for entry in clients], [Story.client], "clients")


@check("sign-up without credentials; the code comes by mail")
def _():
    answer = aws("sign-up", "--client-id", Story.client, "--username", Story.ana, "--password", PASSWORD,
                 "--user-attributes", f"Name=email,Value={Story.mail}",
                 env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
    Story.sub = answer["UserSub"]
    same((answer["UserConfirmed"], answer["CodeDeliveryDetails"]["AttributeName"]), (False, "email"), "answer")
    same(aws(*of_pool("admin-get-user", "--username", Story.ana))["UserStatus"], "UNCONFIRMED", "status")


@check("confirm-sign-up: a wrong code, a resent one, and once only")
def _():
    confirm = ("confirm-sign-up", "--client-id", Story.client, "--username", Story.ana, "--confirmation-code")
    refused("CodeMismatchException", "Invalid verification code provided, please try again.",
            *confirm, wrong(code_for(Story.mail)))
    aws("resend-confirmation-code", "--client-id", Story.client, "--username", Story.ana)
    code = code_for(Story.mail, nth=2)
    aws(*confirm, code)
    refused("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED", *confirm, code)


@check("initiate-auth: a wrong password, the right one, and get-user")
def _():
    refused("NotAuthorizedException", "Incorrect username or password.", *sign_in(Story.ana, "Wr0ng-Horse!"))
    result = aws(*sign_in(Story.ana, PASSWORD))["AuthenticationResult"]
    Story.access, Story.refresh = result["AccessToken"], result["RefreshToken"]
    seen = aws("get-user", "--access-token", Story.access)
    same(seen["Username"], Story.ana, "person")
    true({"Name": "email_verified", "Value": "true"} in seen["UserAttributes"], "verified")


@check("UP-41 groups: create, fill, list, update, empty and delete")
def _():
    aws(*of_pool("create-group", "--group-name", "staff", "--precedence", "7"))
    refused("GroupExistsException", "A group with the name already exists",
            *of_pool("create-group", "--group-name", "staff"))
    changed = aws(*of_pool("update-group", "--group-name", "staff", "--description", "all of them"))["Group"]
    same(aws(*of_pool("get-group", "--group-name", "staff"))["Group"], changed, "group")
    same((changed["Precedence"], changed["Description"]), (7, "all of them"), "group")
    same([group["GroupName"] for group in aws(*of_pool("list-groups"))["Groups"]], ["staff"], "groups")
    member = ("--group-name", "staff", "--username", Story.ana)
    same(aws(*of_pool("admin-add-user-to-group", *member)), {}, "answer")
    inside = aws(*of_pool("list-users-in-group", "--group-name", "staff"))["Users"]
    same([user["Username"] for user in inside], [Story.ana], "people")
    of_ana = aws(*of_pool("admin-list-groups-for-user", "--username", Story.ana))["Groups"]
    same([group["GroupName"] for group in of_ana], ["staff"], "groups of ana")
    aws(*of_pool("admin-remove-user-from-group", *member))
    same(aws(*of_pool("list-users-in-group", "--group-name", "staff"))["Users"], [], "people")
    aws(*of_pool("delete-group", "--group-name", "staff"))
    refused("ResourceNotFoundException", "Group not found.", *of_pool("get-group", "--group-name", "staff"))


@check("add-custom-attributes")
def _():
    attribute = "Name=plan,AttributeDataType=String,StringAttributeConstraints={MaxLength=16}"
    same(aws(*of_pool("add-custom-attributes", "--custom-attributes", attribute)), {}, "answer")
    last = aws(*of_pool("describe-user-pool"))["UserPool"]["SchemaAttributes"][-1]
    same((last["Name"], last["StringAttributeConstraints"]), ("custom:plan", {"MaxLength": "16"}), "last attribute")
    refused("InvalidParameterException", "custom:plan: Existing attribute already has name custom:plan.",
            *of_pool("add-custom-attributes", "--custom-attributes", attribute))


@check("a refresh, then revoke-token")
def _():
    refresh = ("initiate-auth", "--client-id", Story.client, "--auth-flow", "REFRESH_TOKEN_AUTH",
               "--auth-parameters", f"REFRESH_TOKEN={Story.refresh}")
    again = aws(*refresh)["AuthenticationResult"]
    true("RefreshToken" not in again, "no new refresh token")
    same(aws("get-user", "--access-token", again["AccessToken"])["Username"], Story.ana, "person")
    aws("revoke-token", "--client-id", Story.client, "--token", Story.refresh)
    refused("NotAuthorizedException", "Refresh Token has been revoked", *refresh)
    refused("NotAuthorizedException", "Access Token has been revoked", "get-user", "--access-token", Story.access)


# Debian's CLI is older than these commands.
@check("get-tokens-from-refresh-token, and a second client secret, where the CLI has them")
def _():
    if not VERSION.startswith("aws-cli-1."):
        return
    token = aws(*sign_in(Story.ana, PASSWORD))["AuthenticationResult"]["RefreshToken"]
    again = aws("get-tokens-from-refresh-token", "--client-id", Story.client, "--refresh-token", token)
    same(aws("get-user", "--access-token", again["AuthenticationResult"]["AccessToken"])["Username"], Story.ana, "person")
    made = aws(*of_pool("create-user-pool-client", "--client-name", "secret", "--generate-secret"))["UserPoolClient"]
    mine = ("--client-id", made["ClientId"])
    added = aws(*of_pool("add-user-pool-client-secret", *mine))["ClientSecretDescriptor"]
    listed = aws(*of_pool("list-user-pool-client-secrets", *mine))["ClientSecrets"]
    true(added["ClientSecretId"] in [one["ClientSecretId"] for one in listed], "listed")
    aws(*of_pool("delete-user-pool-client-secret", *mine, "--client-secret-id", added["ClientSecretId"]))


@check("global-sign-out")
def _():
    token = aws(*sign_in(Story.ana, PASSWORD))["AuthenticationResult"]["AccessToken"]
    aws("global-sign-out", "--access-token", token)
    refused("NotAuthorizedException", "Access Token has been revoked", "get-user", "--access-token", token)


@check("admin-create-user, the demanded new password, admin-set-user-password, admin-delete-user")
def _():
    bob = name("bob")
    made = aws(*of_pool("admin-create-user", "--username", bob, "--message-action", "SUPPRESS",
                        "--temporary-password", PASSWORD))["User"]
    same(made["UserStatus"], "FORCE_CHANGE_PASSWORD", "status")
    challenge = aws(*of_pool("admin-initiate-auth", "--client-id", Story.client, "--auth-flow",
                             "ADMIN_USER_PASSWORD_AUTH", "--auth-parameters", f"USERNAME={bob},PASSWORD={PASSWORD}"))
    answer = aws(*of_pool("admin-respond-to-auth-challenge", "--client-id", Story.client, "--challenge-name",
                          challenge["ChallengeName"], "--session", challenge["Session"], "--challenge-responses",
                          f"USERNAME={bob},NEW_PASSWORD=Br4nd-New-Horse!"))
    true("AccessToken" in answer["AuthenticationResult"], "tokens")
    aws(*of_pool("admin-set-user-password", "--username", bob, "--password", "Th1rd-Horse!", "--permanent"))
    true("AccessToken" in aws(*sign_in(bob, "Th1rd-Horse!"))["AuthenticationResult"], "sign-in")
    found = aws(*of_pool("list-users", "--filter", f'username = "{bob}"'))["Users"]
    same([user["Username"] for user in found], [bob], "listed")
    aws(*of_pool("admin-delete-user", "--username", bob))
    refused("UserNotFoundException", "User does not exist.", *of_pool("admin-get-user", "--username", bob))


@check("admin-confirm-sign-up")
def _():
    carol = name("carol")
    aws("sign-up", "--client-id", Story.client, "--username", carol, "--password", PASSWORD)
    aws(*of_pool("admin-confirm-sign-up", "--username", carol))
    same(aws(*of_pool("admin-get-user", "--username", carol))["UserStatus"], "CONFIRMED", "status")


@check("forgot-password, confirm-forgot-password and change-password")
def _():
    aws("forgot-password", "--client-id", Story.client, "--username", Story.ana)
    code = code_for(Story.mail, nth=3)
    confirm = ("confirm-forgot-password", "--client-id", Story.client, "--username", Story.ana,
               "--password", "Br4nd-New-Horse!", "--confirmation-code")
    refused("CodeMismatchException", "Invalid verification code provided, please try again.", *confirm, wrong(code))
    aws(*confirm, code)
    token = aws(*sign_in(Story.ana, "Br4nd-New-Horse!"))["AuthenticationResult"]["AccessToken"]
    aws("change-password", "--access-token", token, "--previous-password", "Br4nd-New-Horse!",
        "--proposed-password", PASSWORD)
    true("AccessToken" in aws(*sign_in(Story.ana, PASSWORD))["AuthenticationResult"], "sign-in")
    refused("NotAuthorizedException", "Incorrect username or password.", *sign_in(Story.ana, "Br4nd-New-Horse!"))


@check("admin-reset-user-password")
def _():
    aws(*of_pool("admin-reset-user-password", "--username", Story.ana))
    same(aws(*of_pool("admin-get-user", "--username", Story.ana))["UserStatus"], "RESET_REQUIRED", "status")
    refused("PasswordResetRequiredException", "Password reset required for the user", *sign_in(Story.ana, PASSWORD))
    aws("confirm-forgot-password", "--client-id", Story.client, "--username", Story.ana, "--password", PASSWORD,
        "--confirmation-code", code_for(Story.mail, nth=4))
    true("AccessToken" in aws(*sign_in(Story.ana, PASSWORD))["AuthenticationResult"], "sign-in")


@check("admin-disable-user, admin-enable-user, admin-user-global-sign-out, delete-user")
def _():
    dora = name("dora")
    aws(*of_pool("admin-create-user", "--username", dora, "--message-action", "SUPPRESS"))
    aws(*of_pool("admin-set-user-password", "--username", dora, "--password", PASSWORD, "--permanent"))
    aws(*of_pool("admin-disable-user", "--username", dora))
    refused("NotAuthorizedException", "User is disabled.", *sign_in(dora, PASSWORD))
    aws(*of_pool("admin-enable-user", "--username", dora))
    token = aws(*sign_in(dora, PASSWORD))["AuthenticationResult"]["AccessToken"]
    aws(*of_pool("admin-user-global-sign-out", "--username", dora))
    refused("NotAuthorizedException", "Access Token has been revoked", "get-user", "--access-token", token)
    token = aws(*sign_in(dora, PASSWORD))["AuthenticationResult"]["AccessToken"]
    aws("delete-user", "--access-token", token)
    refused("UserNotFoundException", "User does not exist.", *of_pool("admin-get-user", "--username", dora))


@check("delete-user-pool-client and delete-user-pool end everything")
def _():
    aws(*of_pool("delete-user-pool-client", "--client-id", Story.client))
    refused("ResourceNotFoundException", f"User pool client {Story.client} does not exist.",
            *sign_in(Story.ana, PASSWORD))
    aws(*of_pool("delete-user-pool"))
    refused("ResourceNotFoundException", f"User pool {Story.pool} does not exist.", *of_pool("describe-user-pool"))


check.close()
