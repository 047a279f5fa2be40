// AWS SDK for JavaScript v3: what administrators do, and the rest of what is served; each change read back by another call.

import {
  AdminConfirmSignUpCommand, AdminCreateUserCommand, AdminDeleteUserCommand, AdminGetUserCommand, AdminInitiateAuthCommand,
  AdminRespondToAuthChallengeCommand, AdminSetUserPasswordCommand, CognitoIdentityProviderClient,
  CreateUserPoolClientCommand, DeleteUserPoolClientCommand, DescribeUserPoolClientCommand, DescribeUserPoolCommand,
  GetTokensFromRefreshTokenCommand, GetUserCommand, InitiateAuthCommand, ListUserPoolClientsCommand, ListUsersCommand,
  ResendConfirmationCodeCommand, SignUpCommand, UpdateUserPoolClientCommand, UpdateUserPoolCommand,
  paginateListUserPoolClients,
} from "@aws-sdk/client-cognito-identity-provider";
import { checks, refused, same, truth } from "./checks.mjs";
import { ENDPOINT, PASSWORD, REGION, address, admin, appClient, codeFor, name, person, pool } from "./world.mjs";

const check = checks("sdk_js_admin");
const poolId = await pool();
const FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
const clientId = await appClient(poolId, { ExplicitAuthFlows: FLOWS });
const app = new CognitoIdentityProviderClient({
  endpoint: ENDPOINT, region: REGION, maxAttempts: 1,
  credentials: async () => { throw new Error("an app was asked for credentials"); },
});

const described = async (UserPoolId = poolId) => (await admin.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool;
const getUser = (AccessToken) => app.send(new GetUserCommand({ AccessToken }));
const seen = (Username) => admin.send(new AdminGetUserCommand({ UserPoolId: poolId, Username }));
const signIn = (USERNAME, password = PASSWORD, client = clientId) => app.send(new InitiateAuthCommand({
  ClientId: client, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME, PASSWORD: password },
}));

await check("UpdateUserPool changes what it names, resets the rest, and says when", async () => {
  const before = await described();
  await admin.send(new UpdateUserPoolCommand({
    UserPoolId: poolId, AutoVerifiedAttributes: ["email"], UserPoolTags: { team: "one" },
    Policies: { PasswordPolicy: { MinimumLength: 10, RequireNumbers: true } },
  }));
  const after = await described();
  same([after.UserPoolTags, after.Policies.PasswordPolicy.MinimumLength], [{ team: "one" }, 10], "settings");
  truth(after.LastModifiedDate >= before.LastModifiedDate, "modified");
  await refused(app.send(new SignUpCommand({ ClientId: clientId, Username: name("no"), Password: "Short-1" })),
    "InvalidPasswordException", "Password did not conform with policy: Password not long enough");
  await admin.send(new UpdateUserPoolCommand({ UserPoolId: poolId, AutoVerifiedAttributes: ["email"] }));
  same((await described()).Policies.PasswordPolicy.MinimumLength, 8, "default");
});

await check("a pool's deletion protection and unknown settings are kept and refused", async () => {
  const guarded = await pool({ DeletionProtection: "ACTIVE" });
  same((await described(guarded)).DeletionProtection, "ACTIVE", "protection");
  await refused(pool({ AliasAttributes: ["email"], UsernameAttributes: ["email"] }), "InvalidParameterException");
  await refused(pool({ AutoVerifiedAttributes: ["phone_number"] }), "InvalidParameterException",
    "SMS configuration is required when phone_number is selected for auto verification");
});

await check("an app client is made, changed, listed and removed", async () => {
  const made = (await admin.send(new CreateUserPoolClientCommand({
    UserPoolId: poolId, ClientName: "web", GenerateSecret: true, ExplicitAuthFlows: FLOWS,
  }))).UserPoolClient;
  const of = { UserPoolId: poolId, ClientId: made.ClientId };
  const read = async () => (await admin.send(new DescribeUserPoolClientCommand(of))).UserPoolClient;
  same([(await read()).ClientSecret, made.CreationDate instanceof Date], [made.ClientSecret, true], "client");
  await admin.send(new UpdateUserPoolClientCommand({ ...of, ClientName: "renamed", ExplicitAuthFlows: FLOWS, AccessTokenValidity: 10,
    TokenValidityUnits: { AccessToken: "minutes" } }));
  same([(await read()).ClientName, (await read()).AccessTokenValidity], ["renamed", 10], "changed");
  const listed = (await admin.send(new ListUserPoolClientsCommand({ UserPoolId: poolId, MaxResults: 60 }))).UserPoolClients;
  truth(listed.some((entry) => entry.ClientId === made.ClientId && entry.ClientName === "renamed"), "listed");
  await admin.send(new DeleteUserPoolClientCommand(of));
  await refused(read(), "ResourceNotFoundException");
});

await check("UP-48 the paginator of app clients ends and gives each once", async () => {
  const own = await pool();
  const made = [await appClient(own), await appClient(own), await appClient(own)];
  const ids = [];
  for await (const page of paginateListUserPoolClients({ client: admin, pageSize: 2 }, { UserPoolId: own })) {
    ids.push(...page.UserPoolClients.map((entry) => entry.ClientId));
  }
  same([...ids].sort(), [...made].sort(), "clients");
});

await check("a token lives as long as its client says", async () => {
  const brief = await appClient(poolId, {
    ExplicitAuthFlows: FLOWS, AccessTokenValidity: 5, TokenValidityUnits: { AccessToken: "minutes" },
  });
  const { AccessToken, ExpiresIn } = (await signIn(await person(poolId), PASSWORD, brief)).AuthenticationResult;
  const claims = JSON.parse(Buffer.from(AccessToken.split(".")[1], "base64url"));
  same([claims.exp - claims.iat, ExpiresIn], [300, 300], "life");
  await app.send(new GetUserCommand({ AccessToken }));
});

await check("a code is sent again, and an administrator confirms without one", async () => {
  const ana = { Username: name("ana"), mail: address("ana") };
  await app.send(new SignUpCommand({
    ClientId: clientId, Username: ana.Username, Password: PASSWORD, UserAttributes: [{ Name: "email", Value: ana.mail }],
  }));
  const again = await app.send(new ResendConfirmationCodeCommand({ ClientId: clientId, Username: ana.Username }));
  same(again.CodeDeliveryDetails.AttributeName, "email", "where to");
  truth(/^\d{6}$/.test(await codeFor(ana.mail, 2)), "a second code");
  await admin.send(new AdminConfirmSignUpCommand({ UserPoolId: poolId, Username: ana.Username }));
  same((await seen(ana.Username)).UserStatus, "CONFIRMED", "status");
  await refused(app.send(new ResendConfirmationCodeCommand({ ClientId: clientId, Username: ana.Username })),
    "InvalidParameterException", "User is already confirmed.");
});

await check("an administrator makes, invites by mail, sets a password and removes", async () => {
  const ivo = { UserPoolId: poolId, Username: name("ivo") };
  const mail = address("ivo");
  const made = (await admin.send(new AdminCreateUserCommand({
    ...ivo, DesiredDeliveryMediums: ["EMAIL"], UserAttributes: [{ Name: "email", Value: mail }, { Name: "email_verified", Value: "true" }],
  }))).User;
  same([made.UserStatus, made.Enabled, made.UserCreateDate instanceof Date], ["FORCE_CHANGE_PASSWORD", true, true], "made");
  await refused(admin.send(new AdminCreateUserCommand(ivo)), "UsernameExistsException", "User account already exists");
  await admin.send(new AdminSetUserPasswordCommand({ ...ivo, Password: PASSWORD, Permanent: true }));
  same((await seen(ivo.Username)).UserStatus, "CONFIRMED", "status");
  const tokens = (await signIn(ivo.Username)).AuthenticationResult;
  await admin.send(new AdminDeleteUserCommand(ivo));
  await refused(seen(ivo.Username), "UserNotFoundException", "User does not exist.");
  await refused(app.send(new GetUserCommand({ AccessToken: tokens.AccessToken })), "UserNotFoundException");
});

await check("AdminRespondToAuthChallenge takes the first password, and the old one is gone", async () => {
  const username = await person(poolId, { temporary: true });
  const both = { UserPoolId: poolId, ClientId: clientId };
  const challenge = await admin.send(new AdminInitiateAuthCommand({
    ...both, AuthFlow: "ADMIN_USER_PASSWORD_AUTH", AuthParameters: { USERNAME: username, PASSWORD },
  }));
  const respond = () => admin.send(new AdminRespondToAuthChallengeCommand({
    ...both, ChallengeName: "NEW_PASSWORD_REQUIRED", Session: challenge.Session,
    ChallengeResponses: { USERNAME: username, NEW_PASSWORD: "Br4nd-New-Horse!" },
  }));
  same((await getUser((await respond()).AuthenticationResult.AccessToken)).Username, username, "person");
  await refused(respond(), "NotAuthorizedException");
  await refused(signIn(username), "NotAuthorizedException", "Incorrect username or password.");
  await signIn(username, "Br4nd-New-Horse!");
});

await check("GetTokensFromRefreshToken renews as a refresh does, and takes nothing else", async () => {
  const first = (await signIn(await person(poolId))).AuthenticationResult;
  const renew = (RefreshToken) => app.send(new GetTokensFromRefreshTokenCommand({ ClientId: clientId, RefreshToken }));
  const again = (await renew(first.RefreshToken)).AuthenticationResult;
  truth(again.AccessToken !== first.AccessToken, "another token");
  same((await getUser(again.AccessToken)).Username, (await getUser(first.AccessToken)).Username, "the same person");
  await refused(renew(first.AccessToken), "NotAuthorizedException");
});

await check("ListUsers finds by prefix and by equality, and shows what it is asked for", async () => {
  const mail = address("lea");
  const username = await person(poolId, { stem: "lea", attributes: { email: mail, given_name: "Lea" } });
  const find = async (Filter, AttributesToGet) =>
    (await admin.send(new ListUsersCommand({ UserPoolId: poolId, Filter, AttributesToGet }))).Users;
  same((await find(`email = "${mail}"`)).map((user) => user.Username), [username], "by equality");
  same((await find(`username ^= "${username.slice(0, 8)}"`)).map((user) => user.Username), [username], "by prefix");
  same((await find(`email = "${mail}"`, ["given_name"]))[0].Attributes, [{ Name: "given_name", Value: "Lea" }], "attributes");
  await refused(find("email == 1"), "InvalidParameterException");
});

check.close();
