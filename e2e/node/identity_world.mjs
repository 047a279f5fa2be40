// Identity pools as a check needs them: a user pool behind one, a role each for guests and for those who signed in.

import {
  CognitoIdentityClient, CreateIdentityPoolCommand, SetIdentityPoolRolesCommand,
} from "@aws-sdk/client-cognito-identity";
import {
  CognitoIdentityProviderClient, DescribeUserPoolCommand, InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ENDPOINT, PASSWORD, REGION, admin, appClient, name, pool } from "./world.mjs";

export const here = { endpoint: ENDPOINT, region: REGION, maxAttempts: 1 };
export const identity = new CognitoIdentityClient(here);
export const iam = new IAMClient(here);

const SERVICE = "cognito-identity.amazonaws.com";
const document = (statement) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

/** A role that one identity pool may hand out to `authenticated` or to `unauthenticated`; its ARN. */
export async function role(identityPoolId, amr, Action, Resource = "*") {
  const RoleName = name("role");
  const trust = document({
    Principal: { Federated: SERVICE }, Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { [`${SERVICE}:aud`]: identityPoolId }, "ForAnyValue:StringLike": { [`${SERVICE}:amr`]: amr },
    },
  });
  const made = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "only", PolicyDocument: document({ Action, Resource }) }));
  return made.Role.Arn;
}

/**
 * A user pool with a client, and an identity pool before it. Guests may describe the user pool; who signed in may list
 * its groups too.
 */
export async function bothPools(settings = {}) {
  const poolId = await pool();
  const clientId = await appClient(poolId);
  const arn = (await admin.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))).UserPool.Arn;
  const provider = `cognito-idp.${REGION}.amazonaws.com/${poolId}`;
  const made = await identity.send(new CreateIdentityPoolCommand({
    IdentityPoolName: name("identities"), AllowUnauthenticatedIdentities: true,
    CognitoIdentityProviders: [{ ProviderName: provider, ClientId: clientId }], ...settings,
  }));
  const identityPoolId = made.IdentityPoolId;
  const unauthenticated = await role(identityPoolId, "unauthenticated", "cognito-idp:DescribeUserPool", arn);
  const authenticated = await role(identityPoolId, "authenticated",
    ["cognito-idp:DescribeUserPool", "cognito-idp:ListGroups"], arn);
  await identity.send(new SetIdentityPoolRolesCommand({
    IdentityPoolId: identityPoolId, Roles: { authenticated, unauthenticated },
  }));
  return { poolId, clientId, provider, identityPoolId, roles: { authenticated, unauthenticated } };
}

/** A fresh ID token, by an app, which has no key. */
export async function idToken(clientId, username) {
  const app = new CognitoIdentityProviderClient({ ...here, credentials: async () => { throw new Error("none"); } });
  const parameters = { USERNAME: username, PASSWORD };
  const answer = await app.send(new InitiateAuthCommand({
    ClientId: clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: parameters,
  }));
  return answer.AuthenticationResult.IdToken;
}
