// `aws_jwt_verify.mjs COGNATE`: AWS's own verifier of Cognito's tokens. It insists on AWS's form of the issuer for
// `CognitoJwtVerifier`; its general verifier takes any. Both are played: the second against the server of this run,
// the first against a `cognate dev` with `issuer = "aws"`, its keys fetched from there.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { validateCognitoJwtFields } from "aws-jwt-verify/cognito-verifier";
import {
  AdminCreateUserCommand, AdminSetUserPasswordCommand, CognitoIdentityProviderClient, CreateUserPoolClientCommand,
  CreateUserPoolCommand, GetUserCommand, InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { checks, same, truth } from "./checks.mjs";
import { ENDPOINT, PASSWORD, REGION, appClient, name, person, pool } from "./world.mjs";

const check = checks("aws_jwt_verify");
const FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];

/** A server on this machine whose issuers have AWS's form; answers its address. */
async function awsForm() {
  const port = await new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
  const kept = Object.entries(process.env).filter(([key]) => !key.startsWith("COGNATE_"));
  const dev = spawn(process.argv[2], ["dev", "--ephemeral", "--listen", `127.0.0.1:${port}`],
    { env: { ...Object.fromEntries(kept), COGNATE_ISSUER: "aws" }, stdio: "ignore" });
  process.on("exit", () => dev.kill());
  const address = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries += 1) {
    const answers = await fetch(address).then(() => true, () => false);
    if (answers) return address;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("cognate dev did not answer");
}

/** Somebody with tokens of a fresh pool at an address. */
async function signedIn(address) {
  const idp = new CognitoIdentityProviderClient({ endpoint: address, region: REGION, maxAttempts: 1 });
  const userPoolId = (await idp.send(new CreateUserPoolCommand({ PoolName: name("pool") }))).UserPool.Id;
  const made = await idp.send(new CreateUserPoolClientCommand({
    UserPoolId: userPoolId, ClientName: "web", ExplicitAuthFlows: FLOWS,
  }));
  const clientId = made.UserPoolClient.ClientId;
  const Username = name("ana");
  await idp.send(new AdminCreateUserCommand({ UserPoolId: userPoolId, Username, MessageAction: "SUPPRESS" }));
  await idp.send(new AdminSetUserPasswordCommand({ UserPoolId: userPoolId, Username, Password: PASSWORD, Permanent: true }));
  const AuthParameters = { USERNAME: Username, PASSWORD };
  const answer = await idp.send(new InitiateAuthCommand({ ClientId: clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }));
  return { idp, userPoolId, clientId, username: Username, ...answer.AuthenticationResult };
}

/** The verifier must throw an error of this class. */
async function unverified(promise, kind) {
  const error = await promise.then(() => undefined, (thrown) => thrown);
  truth(error !== undefined, `expected ${kind}, but it verified`);
  same(error.constructor.name, kind, `error: ${error.message}`);
}

const here = await (async () => {
  const userPoolId = await pool();
  const clientId = await appClient(userPoolId);
  const username = await person(userPoolId);
  const idp = new CognitoIdentityProviderClient({ endpoint: ENDPOINT, region: REGION, maxAttempts: 1 });
  const AuthParameters = { USERNAME: username, PASSWORD };
  const answer = await idp.send(new InitiateAuthCommand({ ClientId: clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }));
  return { idp, userPoolId, clientId, username, ...answer.AuthenticationResult };
})();
const general = (more = {}) => JwtVerifier.create({
  issuer: `${ENDPOINT}/${here.userPoolId}`, jwksUri: `${ENDPOINT}/${here.userPoolId}/.well-known/jwks.json`, audience: null,
  customJwtCheck: ({ payload }) => validateCognitoJwtFields(payload, { tokenUse: "access", clientId: here.clientId, ...more }),
});

await check("TK-2 its general verifier takes this server's issuer, keys over TLS, and Cognito's own claims", async () => {
  const access = await general().verify(here.AccessToken);
  same([access.username, access.client_id, access.token_use], [here.username, here.clientId, "access"], "access token");
  const id = await general({ tokenUse: "id" }).verify(here.IdToken);
  same([id["cognito:username"], id.aud], [here.username, here.clientId], "ID token");
  const profile = await here.idp.send(new GetUserCommand({ AccessToken: here.AccessToken }));
  same(profile.Username, access.username, "the server knows the same person");
});

await check("TK-2 the wrong kind of token, another client and a missing group do not verify", async () => {
  await unverified(general().verify(here.IdToken), "CognitoJwtInvalidTokenUseError");
  await unverified(general({ clientId: "another" }).verify(here.AccessToken), "CognitoJwtInvalidClientIdError");
  await unverified(general({ groups: "admins" }).verify(here.AccessToken), "CognitoJwtInvalidGroupError");
});

await check("a changed payload and another pool's keys do not verify", async () => {
  const [head, body, signature] = here.AccessToken.split(".");
  const claims = { ...JSON.parse(Buffer.from(body, "base64url")), username: "root" };
  const forged = `${head}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
  await unverified(general().verify(forged), "JwtInvalidSignatureError");
  const elsewhere = await pool();
  const mixed = JwtVerifier.create({
    issuer: `${ENDPOINT}/${here.userPoolId}`, jwksUri: `${ENDPOINT}/${elsewhere}/.well-known/jwks.json`, audience: null,
  });
  await unverified(mixed.verify(here.AccessToken), "KidNotFoundInJwksError");
});

const address = await awsForm();
const aws = await signedIn(address);
// The one line an app adds: the keys of AWS's address are fetched from where the server is.
const jwksCache = new SimpleJwksCache({
  fetcher: { fetch: async (uri) => (await fetch(`${address}${new URL(uri).pathname}`)).arrayBuffer() },
});
const cognito = (more = {}) => CognitoJwtVerifier.create(
  { userPoolId: aws.userPoolId, tokenUse: "access", clientId: aws.clientId, ...more }, { jwksCache });

await check("TK-2 CognitoJwtVerifier verifies both tokens where issuers have AWS's form", async () => {
  const access = await cognito().verify(aws.AccessToken);
  same(access.iss, `https://cognito-idp.${REGION}.amazonaws.com/${aws.userPoolId}`, "issuer");
  same([access.username, access.token_use], [aws.username, "access"], "access token");
  const id = await cognito({ tokenUse: "id" }).verify(aws.IdToken);
  same(id["cognito:username"], aws.username, "ID token");
  same((await aws.idp.send(new GetUserCommand({ AccessToken: aws.AccessToken }))).Username, aws.username, "the server agrees");
});

await check("CognitoJwtVerifier refuses another kind, another client, another pool and a foreign issuer", async () => {
  await unverified(cognito().verify(aws.IdToken), "CognitoJwtInvalidTokenUseError");
  await unverified(cognito({ clientId: "another" }).verify(aws.AccessToken), "CognitoJwtInvalidClientIdError");
  await unverified(cognito({ userPoolId: here.userPoolId }).verify(aws.AccessToken), "ParameterValidationError");
  await unverified(cognito().verify(here.AccessToken), "ParameterValidationError");
});

await check("a token is refused after its end", async () => {
  const real = Date.now;
  Date.now = () => real() + 2 * 3600 * 1000;
  try {
    await unverified(cognito().verify(aws.AccessToken), "JwtExpiredError");
  } finally {
    Date.now = real;
  }
  await cognito().verify(aws.AccessToken);
});

check.close();
