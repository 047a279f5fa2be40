// AWS SDK for JavaScript v3: temporary credentials as its providers fetch them, by the caller's key and by a person's token.

import { CognitoIdentityProviderClient, DescribeUserPoolCommand, ListGroupsCommand } from "@aws-sdk/client-cognito-identity-provider";
import {
  AttachRolePolicyCommand, CreateAccessKeyCommand, CreateOpenIDConnectProviderCommand, CreatePolicyCommand, CreateRoleCommand,
  CreateUserCommand, DetachRolePolicyCommand, GetRoleCommand, IAMClient, PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromTemporaryCredentials, fromWebToken } from "@aws-sdk/credential-providers";
import { InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { checks, refused, same, truth } from "./checks.mjs";
import { ENDPOINT, PASSWORD, REGION, admin, appClient, name, person, pool } from "./world.mjs";

const check = checks("sdk_js_access");
const here = { endpoint: ENDPOINT, region: REGION, maxAttempts: 1 };
const iam = new IAMClient(here);
const policy = (statement) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const poolId = await pool();
const other = await pool();
const poolArn = (await admin.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))).UserPool.Arn;
const look = (client, UserPoolId = poolId) => client.send(new DescribeUserPoolCommand({ UserPoolId }));
const idp = (credentials) => new CognitoIdentityProviderClient({ ...here, credentials });

/** A role that may look at the pool, and its policy. */
async function role(trust) {
  const RoleName = name("role");
  const made = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }));
  const document = policy({ Effect: "Allow", Action: "cognito-idp:DescribeUserPool", Resource: poolArn });
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: name("look"), PolicyDocument: document }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy.Arn }));
  same((await iam.send(new GetRoleCommand({ RoleName }))).Role.Arn, made.Role.Arn, "the role is there");
  return { arn: made.Role.Arn, name: RoleName, policy: Policy.Arn };
}

await check("CR-2 fromTemporaryCredentials assumes a role with a user's key; the role's rights count, and end", async () => {
  const UserName = name("user");
  const user = (await iam.send(new CreateUserCommand({ UserName }))).User;
  const key = (await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey;
  const masterCredentials = { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
  const made = await role({ Effect: "Allow", Principal: { AWS: user.Arn }, Action: "sts:AssumeRole" });
  const assumed = fromTemporaryCredentials({
    masterCredentials, clientConfig: here, params: { RoleArn: made.arn, RoleSessionName: "from-js" },
  });
  const whoami = await new STSClient({ ...here, credentials: assumed }).send(new GetCallerIdentityCommand({}));
  truth(whoami.Arn.endsWith(`:assumed-role/${made.name}/from-js`), whoami.Arn);
  same((await look(idp(assumed))).UserPool.Id, poolId, "pool");
  await refused(look(idp(assumed), other), "AccessDeniedException");
  await refused(idp(assumed).send(new ListGroupsCommand({ UserPoolId: poolId })), "AccessDeniedException");
  await iam.send(new DetachRolePolicyCommand({ RoleName: made.name, PolicyArn: made.policy }));
  await refused(look(idp(assumed)), "AccessDeniedException");
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "x", PolicyDocument: policy({ Effect: "Allow", Action: "*", Resource: "*" }) }));
  await refused(look(idp(assumed)), "AccessDeniedException");
});

await check("CR-21 fromWebToken takes a person's ID token where the trust names the pool's issuer and client", async () => {
  const clientId = await appClient(poolId, { ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] });
  const stranger = await appClient(poolId, { ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] });
  const username = await person(poolId);
  const app = new CognitoIdentityProviderClient({ ...here, credentials: async () => { throw new Error("none"); } });
  const idToken = async (ClientId) => (await app.send(new InitiateAuthCommand({
    ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: username, PASSWORD },
  }))).AuthenticationResult.IdToken;
  const token = await idToken(clientId);
  const issuer = JSON.parse(Buffer.from(token.split(".")[1], "base64url")).iss;
  const provider = (await iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: [clientId] })))
    .OpenIDConnectProviderArn;
  const aud = `${issuer.replace("https://", "")}:aud`;
  const made = await role({
    Effect: "Allow", Principal: { Federated: provider }, Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { [aud]: clientId } },
  });
  const by = (webIdentityToken) => fromWebToken({ webIdentityToken, roleArn: made.arn, roleSessionName: "web", clientConfig: here });
  same((await look(idp(by(token)))).UserPool.Id, poolId, "pool");
  await refused(look(idp(by(await idToken(stranger)))), "InvalidIdentityTokenException");
  const spoiled = token.slice(0, -8) + (token.endsWith("AAAAAAAA") ? "BBBBBBBB" : "AAAAAAAA");
  await refused(look(idp(by(spoiled))), "InvalidIdentityTokenException");
});

check.close();
