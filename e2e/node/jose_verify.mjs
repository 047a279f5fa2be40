// jose: a stranger's library verifies the tokens, knowing nothing but the issuer.

import { createRemoteJWKSet, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { CognitoIdentityProviderClient, InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { checks, refused, same, truth } from "./checks.mjs";
import { ENDPOINT, PASSWORD, REGION, appClient, person, pool } from "./world.mjs";

const check = checks("jose");
const poolId = await pool();
const clientId = await appClient(poolId);
const username = await person(poolId, { attributes: { email: "ana@example.com" } });
const issuer = `${ENDPOINT}/${poolId}`;
const app = new CognitoIdentityProviderClient({ endpoint: ENDPOINT, region: REGION, maxAttempts: 1 });

async function tokens(client = clientId) {
  const answer = await app.send(new InitiateAuthCommand({
    ClientId: client, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: username, PASSWORD },
  }));
  return answer.AuthenticationResult;
}

const discovered = async (base) => (await fetch(`${base}/.well-known/openid-configuration`)).json();
const keys = createRemoteJWKSet(new URL((await discovered(issuer)).jwks_uri));
const rules = { issuer, algorithms: ["RS256"] };

await check("discovery names this issuer and its keys", async () => {
  const said = await discovered(issuer);
  same(said.issuer, issuer, "issuer");
  same(said.jwks_uri, `${issuer}/.well-known/jwks.json`, "keys");
  same(said.id_token_signing_alg_values_supported, ["RS256"], "algorithms");
});

await check("TK-2 the ID token verifies for its client", async () => {
  const { payload } = await jwtVerify((await tokens()).IdToken, keys, { ...rules, audience: clientId });
  same([payload.token_use, payload["cognito:username"], payload.email], ["id", username, "ana@example.com"], "claims");
});

await check("TK-2 the access token verifies, without an audience", async () => {
  const { payload } = await jwtVerify((await tokens()).AccessToken, keys, rules);
  same([payload.token_use, payload.client_id, payload.username, payload.scope, payload.aud],
    ["access", clientId, username, "aws.cognito.signin.user.admin", undefined], "claims");
});

await check("TK-1 ID and access tokens are signed by two keys, both published", async () => {
  const result = await tokens();
  const [id, access] = [decodeProtectedHeader(result.IdToken), decodeProtectedHeader(result.AccessToken)];
  for (const header of [id, access]) same(Object.keys(header).sort(), ["alg", "kid"], "header");
  truth(id.kid !== access.kid, "two keys");
  const published = (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()).keys.map((key) => key.kid);
  truth(published.includes(id.kid) && published.includes(access.kid), "published");
});

await check("TK-23 keys need no credentials, may be read by any page, are cacheable, and are public only", async () => {
  const answer = await fetch(`${issuer}/.well-known/jwks.json`, { headers: { origin: "https://elsewhere.example" } });
  same(answer.headers.get("access-control-allow-origin"), "*", "origin");
  truth(/max-age=\d+/.test(answer.headers.get("cache-control") ?? ""), "cache-control");
  for (const key of (await answer.json()).keys) {
    same(Object.keys(key).sort(), ["alg", "e", "kid", "kty", "n", "use"], "members");
    same([key.kty, key.alg, key.use, key.e], ["RSA", "RS256", "sig", "AQAB"], "kind");
  }
});

await check("another client's audience, a changed payload and an ID token's key are refused", async () => {
  const result = await tokens();
  await refused(jwtVerify(result.IdToken, keys, { ...rules, audience: await appClient(poolId) }),
    "ERR_JWT_CLAIM_VALIDATION_FAILED");
  const [head, body, signature] = result.AccessToken.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  const forged = Buffer.from(JSON.stringify({ ...claims, username: "root" })).toString("base64url");
  await refused(jwtVerify(`${head}.${forged}.${signature}`, keys, rules), "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
});

await check("a token means nothing to another pool", async () => {
  const elsewhere = `${ENDPOINT}/${await pool()}`;
  const published = await (await fetch((await discovered(elsewhere)).jwks_uri)).json();
  await refused(jwtVerify((await tokens()).IdToken, createLocalJWKSet(published), rules), "ERR_JWKS_NO_MATCHING_KEY");
  await refused(jwtVerify((await tokens()).IdToken, keys, { ...rules, issuer: elsewhere }),
    "ERR_JWT_CLAIM_VALIDATION_FAILED");
});

await check("a pool that was never made has no keys", async () => {
  for (const document of ["jwks.json", "openid-configuration"]) {
    const answer = await fetch(`${ENDPOINT}/${REGION}_NoSuch123/.well-known/${document}`);
    same(answer.status, 404, document);
  }
});

check.close();
