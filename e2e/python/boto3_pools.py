"""boto3: user pools are made, read, changed, listed and deleted by signed calls."""

import datetime
import re

from checks import Checks, refused, same, true
from world import ADMIN, REGION, UUID, APP, idp, name, pool

check = Checks("boto3_pools")
STANDARD = ["sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile",
            "picture", "website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale",
            "phone_number", "phone_number_verified", "address", "updated_at", "identities"]


class Bare:
    """A pool made with nothing but its name."""

    name = name("bare")
    made: dict = {}


@check("UP-10 a pool needs only its name, and Describe shows what Create answered")
def _():
    Bare.made = ADMIN.create_user_pool(PoolName=Bare.name)["UserPool"]
    same(ADMIN.describe_user_pool(UserPoolId=Bare.made["Id"])["UserPool"], Bare.made, "described pool")


@check("UP-10 a bare pool has the documented defaults")
def _():
    pool = Bare.made
    policy = pool["Policies"]["PasswordPolicy"]
    same(policy, {"MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True,
                  "RequireSymbols": True, "TemporaryPasswordValidityDays": 7}, "password policy")
    same(pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"], ["PASSWORD"], "first factors")
    same(pool["DeletionProtection"], "INACTIVE", "deletion protection")
    same(pool["MfaConfiguration"], "OFF", "MFA")
    same(pool["LambdaConfig"], {}, "triggers")
    same(pool["EmailConfiguration"], {"EmailSendingAccount": "COGNITO_DEFAULT"}, "mail")
    same(pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"], False, "sign-up")
    same(pool["VerificationMessageTemplate"]["DefaultEmailOption"], "CONFIRM_WITH_CODE", "mail option")
    same(pool["UserPoolTier"], "ESSENTIALS", "tier")
    true(not pool.get("AutoVerifiedAttributes"), "nothing is verified by itself")
    true("DeviceConfiguration" not in pool and "Domain" not in pool, "unset structures are left out")


@check("UP-10 the schema holds the 21 standard attributes in order, constraint numbers as text")
def _():
    schema = Bare.made["SchemaAttributes"]
    same([entry["Name"] for entry in schema], STANDARD, "attribute order")
    sub, email = schema[0], schema[STANDARD.index("email")]
    same((sub["Required"], sub["Mutable"]), (True, False), "sub")
    same(sub["StringAttributeConstraints"], {"MinLength": "1", "MaxLength": "2048"}, "sub's length")
    same(email["StringAttributeConstraints"], {"MinLength": "0", "MaxLength": "2048"}, "email's length")


@check("UP-9 pool id and ARN have their forms")
def _():
    true(re.fullmatch(rf"{REGION}_[A-Za-z0-9]{{9}}", Bare.made["Id"]), f"pool id {Bare.made['Id']}")
    true(re.fullmatch(rf"arn:aws:cognito-idp:{REGION}:\d{{12}}:userpool/{Bare.made['Id']}", Bare.made["Arn"]),
         f"ARN {Bare.made['Arn']}")


@check("UP-6 dates are read as dates")
def _():
    now = datetime.datetime.now(datetime.timezone.utc)
    for member in ("CreationDate", "LastModifiedDate"):
        true(abs((now - Bare.made[member]).total_seconds()) < 300, f"{member} is {Bare.made[member]}")


@check("UP-2 every answer carries a request id that is a UUID")
def _():
    meta = ADMIN.describe_user_pool(UserPoolId=Bare.made["Id"])["ResponseMetadata"]
    true(UUID.fullmatch(meta["RequestId"]), f"request id {meta['RequestId']}")
    same(meta["HTTPHeaders"]["content-type"], "application/x-amz-json-1.1", "content type")


@check("UP-2 a refusal names itself in header and body, with status 400")
def _():
    try:
        ADMIN.describe_user_pool(UserPoolId=f"{REGION}_NoSuch123")
        raise AssertionError("a pool that was never made was described")
    except ADMIN.exceptions.ResourceNotFoundException as error:
        meta = error.response["ResponseMetadata"]
        same(meta["HTTPStatusCode"], 400, "status")
        same(meta["HTTPHeaders"]["x-amzn-errortype"].rstrip(":"), "ResourceNotFoundException", "header")
        same(error.response["Error"]["Message"], f"User pool {REGION}_NoSuch123 does not exist.", "sentence")
        true(UUID.fullmatch(meta["RequestId"]), "request id of a refusal")


@check("UP-11 an update answers {}, resets what it leaves out and keeps the tier")
def _():
    made = ADMIN.create_user_pool(PoolName=name("rich"), UserPoolTier="PLUS", UserPoolTags={"team": "red"},
                                  Policies={"PasswordPolicy": {"MinimumLength": 14}})["UserPool"]
    same(made["Policies"]["PasswordPolicy"]["MinimumLength"], 14, "length at creation")
    answer = ADMIN.update_user_pool(UserPoolId=made["Id"], AutoVerifiedAttributes=["email"])
    same(set(answer), {"ResponseMetadata"}, "the answer's members")
    after = ADMIN.describe_user_pool(UserPoolId=made["Id"])["UserPool"]
    same(after["Policies"]["PasswordPolicy"]["MinimumLength"], 8, "length after the update")
    same(after["AutoVerifiedAttributes"], ["email"], "what was asked for")
    same((after["UserPoolTier"], after["Name"]), ("PLUS", made["Name"]), "what stays")
    true(after["LastModifiedDate"] >= made["LastModifiedDate"], "the date moved")


@check("a custom attribute is declared at creation and shown with its prefix")
def _():
    schema = [{"Name": "plan", "AttributeDataType": "String", "Mutable": True,
               "StringAttributeConstraints": {"MaxLength": "16"}}]
    made = pool(Schema=schema)
    last = ADMIN.describe_user_pool(UserPoolId=made)["UserPool"]["SchemaAttributes"][-1]
    same((last["Name"], last["StringAttributeConstraints"]), ("custom:plan", {"MaxLength": "16"}), "last attribute")


@check("UP-15 UP-16 AddCustomAttributes adds behind what is there, and refuses what cannot be")
def _():
    made = pool(Schema=[{"Name": "plan", "AttributeDataType": "String"}])
    answer = ADMIN.add_custom_attributes(UserPoolId=made, CustomAttributes=[
        {"Name": "seats", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1"}},
        {"Name": "tier", "AttributeDataType": "String", "DeveloperOnlyAttribute": True}])
    same(set(answer), {"ResponseMetadata"}, "the answer's members")
    custom = ADMIN.describe_user_pool(UserPoolId=made)["UserPool"]["SchemaAttributes"][len(STANDARD):]
    same([entry["Name"] for entry in custom], ["custom:plan", "custom:seats", "dev:custom:tier"], "names")
    same(custom[1]["NumberAttributeConstraints"], {"MinValue": "1"}, "bounds")
    with refused("InvalidParameterException", "custom:plan: Existing attribute already has name custom:plan."):
        ADMIN.add_custom_attributes(UserPoolId=made, CustomAttributes=[{"Name": "plan", "AttributeDataType": "String"}])
    with refused("InvalidParameterException", "Required custom attributes are not supported currently."):
        ADMIN.add_custom_attributes(UserPoolId=made, CustomAttributes=[
            {"Name": "must", "AttributeDataType": "String", "Required": True}])
    after = ADMIN.describe_user_pool(UserPoolId=made)["UserPool"]["SchemaAttributes"][len(STANDARD):]
    same(after, custom, "nothing was added by a refusal")


@check("ListUserPools shows the pool by id and name")
def _():
    pages = ADMIN.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
    names = {entry["Id"]: entry["Name"] for page in pages for entry in page["UserPools"]}
    same(names.get(Bare.made["Id"]), Bare.name, "listed name")


@check("UP-7 a violated constraint is told in the service's words")
def _():
    loose = idp(parameter_validation=False)
    with refused("InvalidParameterException",
                 "1 validation error detected: Value 'x y' at 'userPoolId' failed to satisfy constraint: "
                 "Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+"):
        loose.describe_user_pool(UserPoolId="x y")
    with refused("InvalidParameterException",
                 "1 validation error detected: Value null at 'poolName' failed to satisfy constraint: "
                 "Member must not be null"):
        loose.create_user_pool()
    with refused("InvalidParameterException",
                 "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: "
                 "Member must have value less than or equal to 60"):
        loose.list_user_pools(MaxResults=61)


@check("UP-3 an operation that is not served yet says so with 501, and is not retried into success")
def _():
    # Whoever builds this operation picks another one here, until there is none left.
    try:
        ADMIN.get_ui_customization(UserPoolId=Bare.made["Id"])
        raise AssertionError("an operation nobody built answered")
    except ADMIN.exceptions.ClientError as error:
        same(error.response["Error"]["Code"], "NotImplementedException", "code")
        same(error.response["ResponseMetadata"]["HTTPStatusCode"], 501, "status")


@check("an app without credentials cannot administer")
def _():
    with refused("MissingAuthenticationTokenException", "Missing Authentication Token"):
        APP.describe_user_pool(UserPoolId=Bare.made["Id"])
    with refused("MissingAuthenticationTokenException"):
        APP.create_user_pool(PoolName=name("intruder"))


@check("UP-12 a protected pool is not deleted; unprotected it is, and is gone")
def _():
    made = pool(DeletionProtection="ACTIVE")
    with refused("InvalidParameterException"):
        ADMIN.delete_user_pool(UserPoolId=made)
    ADMIN.update_user_pool(UserPoolId=made, DeletionProtection="INACTIVE")
    ADMIN.delete_user_pool(UserPoolId=made)
    with refused("ResourceNotFoundException", f"User pool {made} does not exist."):
        ADMIN.describe_user_pool(UserPoolId=made)


@check("UP-5 DeleteUserPool answers with an empty body, and the second time finds nothing")
def _():
    meta = ADMIN.delete_user_pool(UserPoolId=Bare.made["Id"])["ResponseMetadata"]
    same(meta["HTTPHeaders"].get("content-length"), "0", "content length")
    with refused("ResourceNotFoundException"):
        ADMIN.delete_user_pool(UserPoolId=Bare.made["Id"])


@check("SetUserPoolMfaConfig keeps what promises nothing, and does not pretend the rest")
def _():
    mine = {"UserPoolId": ADMIN.create_user_pool(PoolName="factors")["UserPool"]["Id"]}
    same(ADMIN.get_user_pool_mfa_config(**mine)["MfaConfiguration"], "OFF", "mode of a new pool")
    passkeys = {"RelyingPartyId": "auth.example.com", "UserVerification": "preferred"}
    ADMIN.set_user_pool_mfa_config(**mine, MfaConfiguration="OFF", WebAuthnConfiguration=passkeys,
                                   SoftwareTokenMfaConfiguration={"Enabled": False})
    ADMIN.update_user_pool(**mine)
    seen = ADMIN.get_user_pool_mfa_config(**mine)
    same((seen["WebAuthnConfiguration"], seen["SoftwareTokenMfaConfiguration"]), (passkeys, {"Enabled": False}), "kept")
    with refused("NotImplementedException"):
        ADMIN.set_user_pool_mfa_config(**mine, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    with refused("InvalidParameterException"):
        ADMIN.set_user_pool_mfa_config(**mine, WebAuthnConfiguration={"RelyingPartyId": "https://example.com"})


check.close()
