// AWS SDK for JavaScript v3: its signer, its paginators, its parsing of dates and errors.

import {
  AdminGetUserCommand, AdminInitiateAuthCommand, AdminRespondToAuthChallengeCommand, CognitoIdentityProviderClient, ConfirmSignUpCommand,
  CreateUserPoolCommand, DeleteUserPoolCommand, DescribeUserPoolCommand, GetUserCommand, GlobalSignOutCommand,
  InitiateAuthCommand, RespondToAuthChallengeCommand, RevokeTokenCommand, SignUpCommand, paginateListUserPools,
  paginateListUsers,
} from "@aws-sdk/client-cognito-identity-provider";
import { checks, refused, same, truth } from "./checks.mjs";
import { ENDPOINT, PASSWORD, REGION, address, admin, appClient, codeFor, name, person, pool, wrong } from "./world.mjs";

const check = checks("sdk_js");
const poolId = await pool();
const clientId = await appClient(poolId, {
  ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
});
// An app has no credentials; this client has none to find either.
const app = new CognitoIdentityProviderClient({
  endpoint: ENDPOINT, region: REGION, maxAttempts: 1,
  credentials: async () => { throw new Error("an app was asked for credentials"); },
});
const ana = { username: name("ana"), mail: address("ana") };

const signIn = (username, password = PASSWORD) => app.send(new InitiateAuthCommand({
  ClientId: clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: username, PASSWORD: password },
}));
const getUser = (token) => app.send(new GetUserCommand({ AccessToken: token }));

await check("CR-2 signed calls are taken; UP-6 dates arrive as dates", async () => {
  const made = (await admin.send(new CreateUserPoolCommand({ PoolName: name("js") }))).UserPool;
  const seen = (await admin.send(new DescribeUserPoolCommand({ UserPoolId: made.Id }))).UserPool;
  same(seen, made, "described pool");
  truth(seen.CreationDate instanceof Date && Math.abs(Date.now() - seen.CreationDate) < 300_000, "creation date");
  await admin.send(new DeleteUserPoolCommand({ UserPoolId: made.Id }));
  await refused(admin.send(new DescribeUserPoolCommand({ UserPoolId: made.Id })),
    "ResourceNotFoundException", `User pool ${made.Id} does not exist.`);
});

await check("a foreign key and a wrong secret are refused", async () => {
  const as = (accessKeyId, secretAccessKey) => new CognitoIdentityProviderClient({
    endpoint: ENDPOINT, region: REGION, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey },
  });
  const call = new DescribeUserPoolCommand({ UserPoolId: poolId });
  await refused(as("AKIAIOSFODNN7EXAMPLE", "x".repeat(40)).send(call), "UnrecognizedClientException");
  await refused(as(process.env.AWS_ACCESS_KEY_ID, "x".repeat(40)).send(call), "InvalidSignatureException");
});

await check("a person signs up, meets a wrong code, and confirms", async () => {
  const answer = await app.send(new SignUpCommand({
    ClientId: clientId, Username: ana.username, Password: PASSWORD, UserAttributes: [{ Name: "email", Value: ana.mail }],
  }));
  same(answer.CodeDeliveryDetails.DeliveryMedium, "EMAIL", "medium");
  const code = await codeFor(ana.mail);
  const confirm = (ConfirmationCode) =>
    app.send(new ConfirmSignUpCommand({ ClientId: clientId, Username: ana.username, ConfirmationCode }));
  await refused(confirm(wrong(code)), "CodeMismatchException");
  await confirm(code);
  const user = await admin.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: ana.username }));
  same(user.UserStatus, "CONFIRMED", "status");
});

await check("sign-in, profile, refresh; a wrong password is refused", async () => {
  await refused(signIn(ana.username, "Wr0ng-Horse!"), "NotAuthorizedException", "Incorrect username or password.");
  const first = (await signIn(ana.username)).AuthenticationResult;
  same((await getUser(first.AccessToken)).Username, ana.username, "person");
  const again = (await app.send(new InitiateAuthCommand({
    ClientId: clientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: first.RefreshToken },
  }))).AuthenticationResult;
  truth(again.RefreshToken === undefined, "no new refresh token");
  same((await getUser(again.AccessToken)).Username, ana.username, "person after the refresh");
});

await check("an administrator signs somebody in, who must change the password", async () => {
  const username = await person(poolId, { temporary: true });
  const challenge = await admin.send(new AdminInitiateAuthCommand({
    UserPoolId: poolId, ClientId: clientId, AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD },
  }));
  same(challenge.ChallengeName, "NEW_PASSWORD_REQUIRED", "challenge");
  const answer = await admin.send(new AdminRespondToAuthChallengeCommand({
    UserPoolId: poolId, ClientId: clientId, ChallengeName: "NEW_PASSWORD_REQUIRED", Session: challenge.Session,
    ChallengeResponses: { USERNAME: username, NEW_PASSWORD: "Br4nd-New-Horse!" },
  }));
  same((await getUser(answer.AuthenticationResult.AccessToken)).Username, username, "person");
});

await check("revocation and sign-out close the door, and the error can be told by its class", async () => {
  const [one, two] = [(await signIn(ana.username)).AuthenticationResult, (await signIn(ana.username)).AuthenticationResult];
  await app.send(new RevokeTokenCommand({ ClientId: clientId, Token: one.RefreshToken }));
  await refused(getUser(one.AccessToken), "NotAuthorizedException", "Access Token has been revoked");
  await app.send(new GlobalSignOutCommand({ AccessToken: two.AccessToken }));
  const error = await refused(getUser(two.AccessToken), "NotAuthorizedException", "Access Token has been revoked");
  same([error.$metadata.httpStatusCode, error.$fault], [400, "client"], "UP-2 status");
  truth(/^[0-9a-f-]{36}$/.test(error.$metadata.requestId), "UP-2 request id");
});

await check("UP-48 its paginators end and give each thing once", async () => {
  const names = [await person(poolId), await person(poolId), await person(poolId), await person(poolId)];
  const seen = [];
  for await (const page of paginateListUsers({ client: admin, pageSize: 2 }, { UserPoolId: poolId })) {
    seen.push(...page.Users.map((user) => user.Username));
  }
  same(seen.length, new Set(seen).size, "each once");
  truth(names.every((username) => seen.includes(username)), "each of ours");
  const pools = [];
  for await (const page of paginateListUserPools({ client: admin, pageSize: 5 }, {})) pools.push(...page.UserPools);
  truth(pools.some((entry) => entry.Id === poolId && entry.LastModifiedDate instanceof Date), "our pool");
});

check.close();
