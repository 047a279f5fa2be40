"""The calls that Terraform's AWS provider makes for three resources of identity pools, in its order, with boto3 (ID-34).

Each resource is written down as the provider holds it: what it sends to create, change and destroy, and how an answer
becomes its state. A plan is empty when the state that was read is what the configuration says; anything else is drift.
"""

from botocore.exceptions import ClientError

from checks import Checks, same, true
from identity_world import ACCOUNT, IAM, IDENTITY, STS, People, role, trust
from world import REGION, name

check = Checks("terraform_identity")
GONE = "ResourceNotFoundException"
# The providers of a pool: Terraform's name, the member, and what stands in a state that has none.
PROVIDERS = (("supported_login_providers", "SupportedLoginProviders", {}),
             ("cognito_identity_providers", "CognitoIdentityProviders", []),
             ("saml_provider_arns", "SamlProviderARNs", []),
             ("openid_connect_provider_arns", "OpenIdConnectProviderARNs", []))
NESTED = (("client_id", "ClientId"), ("provider_name", "ProviderName"), ("server_side_token_check", "ServerSideTokenCheck"))


class Pool:
    """aws_cognito_identity_pool."""

    def create(self, config: dict) -> str:
        """Sends what is set; guests and the classic flow are always said."""
        asked = self._flags(config)
        for told, member, _ in PROVIDERS:
            if config.get(told):
                asked[member] = sent(told, config[told])
        if "developer_provider_name" in config:
            asked["DeveloperProviderName"] = config["developer_provider_name"]
        if config.get("tags"):
            asked["IdentityPoolTags"] = config["tags"]
        return IDENTITY.create_identity_pool(**asked)["IdentityPoolId"]

    def read(self, pool_id: str) -> dict | None:
        """The state; None once the pool is gone."""
        shown = found(IDENTITY.describe_identity_pool, IdentityPoolId=pool_id)
        if shown is None:
            return None
        state = {told: kept(told, shown.get(member, none)) for told, member, none in PROVIDERS}
        return state | {"identity_pool_name": shown["IdentityPoolName"],
                        "allow_unauthenticated_identities": shown.get("AllowUnauthenticatedIdentities", False),
                        "allow_classic_flow": shown.get("AllowClassicFlow", False),
                        "developer_provider_name": shown.get("DeveloperProviderName", ""),
                        "tags": shown.get("IdentityPoolTags", {})}

    def update(self, pool_id: str, config: dict, before: dict) -> None:
        """Sends every member, the empty ones as empty; tags by calls of their own, the removed ones first."""
        asked = self._flags(config) | {member: sent(told, config.get(told, none)) for told, member, none in PROVIDERS}
        IDENTITY.update_identity_pool(IdentityPoolId=pool_id, **asked)
        old, new = before.get("tags", {}), config.get("tags", {})
        if removed := [key for key in old if key not in new]:
            IDENTITY.untag_resource(ResourceArn=arn(pool_id), TagKeys=removed)
        if changed := {key: value for key, value in new.items() if old.get(key) != value}:
            IDENTITY.tag_resource(ResourceArn=arn(pool_id), Tags=changed)

    def destroy(self, pool_id: str) -> None:
        """One call."""
        IDENTITY.delete_identity_pool(IdentityPoolId=pool_id)

    @staticmethod
    def state_of(config: dict) -> dict:
        """What a configuration means, with the defaults of the provider's schema."""
        return {told: config.get(told, none) for told, _, none in PROVIDERS} | {
            "identity_pool_name": config["identity_pool_name"],
            "allow_unauthenticated_identities": config.get("allow_unauthenticated_identities", False),
            "allow_classic_flow": config.get("allow_classic_flow", False),
            "developer_provider_name": config.get("developer_provider_name", ""), "tags": config.get("tags", {})}

    @staticmethod
    def _flags(config: dict) -> dict:
        return {"IdentityPoolName": config["identity_pool_name"],
                "AllowUnauthenticatedIdentities": config.get("allow_unauthenticated_identities", False),
                "AllowClassicFlow": config.get("allow_classic_flow", False)}


class RolesAttachment:
    """aws_cognito_identity_pool_roles_attachment."""

    def set(self, pool_id: str, roles: dict, mappings: dict | None) -> None:
        """To create, to change and, with nothing in either, to destroy."""
        more = {} if mappings is None else {"RoleMappings": mappings}
        IDENTITY.set_identity_pool_roles(IdentityPoolId=pool_id, Roles=roles, **more)

    def read(self, pool_id: str) -> tuple | None:
        """The state; None once the pool is gone."""
        shown = found(IDENTITY.get_identity_pool_roles, IdentityPoolId=pool_id)
        return shown and (shown["IdentityPoolId"], shown.get("Roles", {}), shown.get("RoleMappings", {}))


class PrincipalTag:
    """aws_cognito_identity_pool_provider_principal_tag."""

    def set(self, pool_id: str, provider: str, **told) -> None:
        """To create, to change and, by the defaults, to destroy. A false `use_defaults` is not sent on creation."""
        IDENTITY.set_principal_tag_attribute_map(IdentityPoolId=pool_id, IdentityProviderName=provider, **told)

    def read(self, pool_id: str, provider: str) -> tuple | None:
        """The state; None once the pool is gone."""
        shown = found(IDENTITY.get_principal_tag_attribute_map, IdentityPoolId=pool_id, IdentityProviderName=provider)
        return shown and (shown["IdentityPoolId"], shown["IdentityProviderName"], shown["UseDefaults"],
                          shown.get("PrincipalTags", {}))


def found(ask, **members) -> dict | None:
    """An answer, or None for what is gone, which is how the provider tells that it has to make it anew."""
    try:
        return ask(**members)
    except ClientError as error:
        if error.response["Error"]["Code"] != GONE:
            raise
        return None


def sent(told: str, value):
    """A configured value as the provider sends it."""
    if told != "cognito_identity_providers":
        return value
    return [{member: entry[word] for word, member in NESTED if word in entry} for entry in value]


def kept(told: str, value):
    """An answered value as the provider keeps it."""
    if told != "cognito_identity_providers":
        return value
    return [{word: entry[member] for word, member in NESTED if member in entry} for entry in value]


def arn(pool_id: str) -> str:
    """The provider makes the ARN itself, of the region and the account it asked STS for."""
    return f"arn:aws:cognito-identity:{REGION}:{STS.get_caller_identity()['Account']}:identitypool/{pool_id}"


def unmoved(read, wanted, *arguments) -> None:
    """Two reads after a change show what was asked for: the plan is empty, and stays so."""
    for nth in ("first", "second"):
        same(read(*arguments), wanted, f"{nth} plan")


PEOPLE = People()
KEY = f"{PEOPLE.aws_key}:{PEOPLE.client}"
POOL, ROLES, TAG = Pool(), RolesAttachment(), PrincipalTag()
OIDC = IAM.create_open_id_connect_provider(Url=f"https://{name('tf')}.example", ClientIDList=["web"])
FIRST = {
    "identity_pool_name": name("terraform"), "allow_unauthenticated_identities": False, "allow_classic_flow": True,
    "developer_provider_name": "login.shop",
    "supported_login_providers": {"graph.facebook.com": "7346241598935552",
                                  "accounts.google.com": "123456789012.apps.googleusercontent.com"},
    "openid_connect_provider_arns": [OIDC["OpenIDConnectProviderArn"]],
    "cognito_identity_providers": [{"client_id": PEOPLE.client, "provider_name": PEOPLE.aws_key,
                                    "server_side_token_check": False}],
    "tags": {"team": "shop", "stage": "test"},
}


class Story:
    """What an earlier check made."""

    pool = ""


@check("the provider asks who it is, and takes the account from the answer")
def _():
    same(STS.get_caller_identity()["Account"], ACCOUNT, "account")


@check("ID-34 aws_cognito_identity_pool: created with everything, the plan is empty")
def _():
    Story.pool = POOL.create(FIRST)
    unmoved(POOL.read, Pool.state_of(FIRST), Story.pool)


@check("ID-34 aws_cognito_identity_pool: changed, emptied and filled again, the plan is empty each time")
def _():
    kept_name = {key: FIRST[key] for key in ("identity_pool_name", "developer_provider_name")}
    checked = [FIRST["cognito_identity_providers"][0] | {"server_side_token_check": True}]
    before = FIRST
    for config in (FIRST | {"tags": {"team": "sales"}, "cognito_identity_providers": checked}, kept_name,
                   kept_name | {"tags": {"stage": ""}}, FIRST):
        POOL.update(Story.pool, config, before)
        unmoved(POOL.read, Pool.state_of(config), Story.pool)
        before = config


@check("ID-34 aws_cognito_identity_pool: as bare as can be")
def _():
    bare = {"identity_pool_name": name("bare")}
    made = POOL.create(bare)
    unmoved(POOL.read, Pool.state_of(bare), made)
    POOL.destroy(made)
    same(POOL.read(made), None, "destroyed")


@check("ID-34 _roles_attachment: created, changed, its mappings taken away, destroyed: no drift")
def _():
    arns = {amr: role(trust(Story.pool, amr)) for amr in ("authenticated", "unauthenticated")}
    rule = {"Claim": "isAdmin", "MatchType": "Equals", "Value": "paid", "RoleARN": arns["authenticated"]}
    rules = {"Type": "Rules", "AmbiguousRoleResolution": "AuthenticatedRole", "RulesConfiguration": {"Rules": [rule]}}
    token = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    for roles, mappings in ((arns, {KEY: rules}), (arns, {KEY: token, "graph.facebook.com": rules}),
                            (arns, {OIDC["OpenIDConnectProviderArn"]: rules}), (arns, {}),
                            ({"authenticated": arns["authenticated"]}, None)):
        ROLES.set(Story.pool, roles, mappings)
        unmoved(ROLES.read, (Story.pool, roles, mappings or {}), Story.pool)
    ROLES.set(Story.pool, {}, {})
    unmoved(ROLES.read, (Story.pool, {}, {}), Story.pool)


@check("ID-34 _provider_principal_tag: created, changed, destroyed: no drift, for a user pool and for an OIDC provider")
def _():
    for provider in (PEOPLE.aws_key, OIDC["OpenIDConnectProviderArn"], "accounts.google.com"):
        tags = {"test": "value", "department": "custom:department"}
        TAG.set(Story.pool, provider, PrincipalTags=tags)
        unmoved(TAG.read, (Story.pool, provider, False, tags), Story.pool, provider)
        TAG.set(Story.pool, provider, PrincipalTags={"new": "map"}, UseDefaults=False)
        unmoved(TAG.read, (Story.pool, provider, False, {"new": "map"}), Story.pool, provider)
        TAG.set(Story.pool, provider, UseDefaults=True, PrincipalTags={})
        unmoved(TAG.read, (Story.pool, provider, True, {}), Story.pool, provider)


@check("ID-34 what was destroyed behind Terraform's back is told as gone, for each resource")
def _():
    POOL.destroy(Story.pool)
    same([POOL.read(Story.pool), ROLES.read(Story.pool), TAG.read(Story.pool, PEOPLE.aws_key)], [None] * 3, "gone")
    try:
        POOL.destroy(Story.pool)
    except ClientError as error:
        same(error.response["Error"]["Code"], GONE, "destroyed twice")
    else:
        raise AssertionError("it was destroyed twice")
    true(IAM.get_open_id_connect_provider(OpenIDConnectProviderArn=OIDC["OpenIDConnectProviderArn"]), "its provider stays")


check.close()
