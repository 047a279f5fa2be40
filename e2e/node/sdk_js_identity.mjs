// AWS SDK for JavaScript v3: identity pools by its client, and credentials as its providers fetch them.

import {
  CreateIdentityPoolCommand, DeleteIdentitiesCommand, DeleteIdentityPoolCommand, DescribeIdentityCommand,
  DescribeIdentityPoolCommand, GetIdentityPoolRolesCommand, GetOpenIdTokenForDeveloperIdentityCommand, ListIdentitiesCommand,
  ListTagsForResourceCommand, ResourceNotFoundException, TagResourceCommand, UpdateIdentityPoolCommand,
  paginateListIdentityPools,
} from "@aws-sdk/client-cognito-identity";
import { CognitoIdentityProviderClient, DescribeUserPoolCommand, ListGroupsCommand } from "@aws-sdk/client-cognito-identity-provider";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromCognitoIdentity, fromCognitoIdentityPool, fromWebToken } from "@aws-sdk/credential-providers";
import { checks, refused, same, truth } from "./checks.mjs";
import { bothPools, here, idToken, identity } from "./identity_world.mjs";
import { REGION, name, person } from "./world.mjs";

const check = checks("sdk_js_identity");
const stage = await bothPools({ DeveloperProviderName: "login.shop" });
const { identityPoolId, poolId } = stage;
const look = (credentials) => new CognitoIdentityProviderClient({ ...here, credentials })
  .send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
const groups = (credentials) => new CognitoIdentityProviderClient({ ...here, credentials })
  .send(new ListGroupsCommand({ UserPoolId: poolId }));
const described = (IdentityId) => identity.send(new DescribeIdentityCommand({ IdentityId }));

/** What a browser's storage is to the provider: it keeps the identity of a guest here. */
function storage() {
  const kept = new Map();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
}

await check("CW-2 a pool is made, described, changed, tagged, listed and deleted, with typed errors", async () => {
  const made = await identity.send(new CreateIdentityPoolCommand({
    IdentityPoolName: name("js"), AllowUnauthenticatedIdentities: false, SupportedLoginProviders: { "graph.facebook.com": "7" },
  }));
  const named = { IdentityPoolId: made.IdentityPoolId };
  const told = ({ $metadata, ...rest }) => rest;
  same(told(await identity.send(new DescribeIdentityPoolCommand(named))), told(made), "described");
  await identity.send(new UpdateIdentityPoolCommand({ ...named, IdentityPoolName: "js", AllowUnauthenticatedIdentities: true }));
  const shown = await identity.send(new DescribeIdentityPoolCommand(named));
  same([shown.AllowUnauthenticatedIdentities, shown.SupportedLoginProviders], [true, undefined], "changed");
  const account = stage.roles.authenticated.split(":")[4];
  const ResourceArn = `arn:aws:cognito-identity:${REGION}:${account}:identitypool/${made.IdentityPoolId}`;
  await identity.send(new TagResourceCommand({ ResourceArn, Tags: { team: "shop" } }));
  same((await identity.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags, { team: "shop" }, "tags");
  const listed = [];
  for await (const page of paginateListIdentityPools({ client: identity, pageSize: 1 }, {})) listed.push(...page.IdentityPools);
  truth([made.IdentityPoolId, identityPoolId].every((id) => listed.filter((entry) => entry.IdentityPoolId === id).length === 1),
    "each once");
  await identity.send(new DeleteIdentityPoolCommand(named));
  const gone = await refused(identity.send(new DescribeIdentityPoolCommand(named)), "ResourceNotFoundException");
  truth(gone instanceof ResourceNotFoundException, "the error by its type");
});

await check("CW-3 ID-5 ID-7 fromCognitoIdentityPool without logins: a guest, kept in the cache, with the guests' rights", async () => {
  const cache = storage();
  const provider = fromCognitoIdentityPool({ identityPoolId, cache, clientConfig: here });
  const given = await provider();
  truth(given.accessKeyId.startsWith("ASIA") && given.expiration instanceof Date, "credentials");
  truth(Math.abs(given.expiration - Date.now() - 3_600_000) < 60_000, "for an hour");
  same([...cache.kept], [[`aws:cognito-identity-credentials:${identityPoolId}:ANONYMOUS`, given.identityId]], "cache");
  same((await look(provider)).UserPool.Id, poolId, "allowed");
  await refused(groups(provider), "AccessDeniedException");
  const again = await fromCognitoIdentityPool({ identityPoolId, cache, clientConfig: here })();
  same(again.identityId, given.identityId, "the guest of the cache");
  const other = await fromCognitoIdentityPool({ identityPoolId, cache: storage(), clientConfig: here })();
  truth(other.identityId !== given.identityId, "without the cache somebody else");
});

await check("ID-8 ID-34 fromCognitoIdentityPool with a login: one identity a person, with the rights of who signed in", async () => {
  const username = await person(poolId);
  const logins = { [stage.provider]: () => idToken(stage.clientId, username) };
  const provider = fromCognitoIdentityPool({ identityPoolId, logins, clientConfig: here });
  const given = await provider();
  truth(Array.isArray((await groups(provider)).Groups), "allowed");
  const whoami = await new STSClient({ ...here, credentials: provider }).send(new GetCallerIdentityCommand({}));
  truth(whoami.Arn.endsWith(`:assumed-role/${stage.roles.authenticated.split("/").pop()}/CognitoIdentityCredentials`), whoami.Arn);
  const token = await idToken(stage.clientId, username);
  const issuer = JSON.parse(Buffer.from(token.split(".")[1], "base64url")).iss.replace("https://", "");
  const again = await fromCognitoIdentityPool({ identityPoolId, logins: { [issuer]: token }, clientConfig: here })();
  same(again.identityId, given.identityId, "by the issuer's own name");
  same((await described(given.identityId)).Logins, [stage.provider], "logins");
});

await check("ID-15 fromCognitoIdentity: a guest signs in and keeps the identity; the guest's way in is closed", async () => {
  const guest = await fromCognitoIdentityPool({ identityPoolId, cache: storage(), clientConfig: here })();
  const logins = { [stage.provider]: await idToken(stage.clientId, await person(poolId)) };
  const by = (more) => fromCognitoIdentity({ identityId: guest.identityId, clientConfig: here, ...more });
  same((await by({ logins })()).identityId, guest.identityId, "the same identity");
  truth(Array.isArray((await groups(by({ logins }))).Groups), "allowed");
  await refused(by({})(), "NotAuthorizedException", `Access to Identity '${guest.identityId}' is forbidden.`);
  const foreign = { [stage.provider]: await idToken(stage.clientId, await person(poolId)) };
  await refused(by({ logins: foreign })(), "NotAuthorizedException",
    "Logins don't match. Please include at least one valid login for this identity or identity pool.");
});

await check("ID-20 ID-21 a back end's user: its token is a login here, and by the classic flow STS's", async () => {
  const made = await identity.send(new GetOpenIdTokenForDeveloperIdentityCommand({
    IdentityPoolId: identityPoolId, Logins: { "login.shop": name("customer") },
  }));
  const logins = { "cognito-identity.amazonaws.com": made.Token };
  const given = fromCognitoIdentity({ identityId: made.IdentityId, logins, clientConfig: here });
  truth(Array.isArray((await groups(given)).Groups), "enhanced");
  const roleArn = stage.roles.authenticated;
  const classic = fromWebToken({ webIdentityToken: made.Token, roleArn, roleSessionName: "classic", clientConfig: here });
  truth(Array.isArray((await groups(classic)).Groups), "classic");
  const guests = fromWebToken({ webIdentityToken: made.Token, roleArn: stage.roles.unauthenticated, roleSessionName: "no", clientConfig: here });
  await refused(groups(guests), "AccessDenied");
});

await check("ID-33 a deleted identity: its credentials end, and the provider forgets it and starts anew", async () => {
  const cache = storage();
  const provider = fromCognitoIdentityPool({ identityPoolId, cache, clientConfig: here });
  const given = await provider();
  same((await look(given)).UserPool.Id, poolId, "before");
  const told = await identity.send(new DeleteIdentitiesCommand({ IdentityIdsToDelete: [given.identityId] }));
  same(told.UnprocessedIdentityIds ?? [], [], "unprocessed");
  await refused(look(given), "ExpiredTokenException");
  await refused(provider(), "ResourceNotFoundException", `Identity '${given.identityId}' not found.`);
  same([...cache.kept], [], "forgotten");
  const fresh = await fromCognitoIdentityPool({ identityPoolId, cache, clientConfig: here })();
  truth(fresh.identityId !== given.identityId, "somebody new");
});

await check("roles read back, identities are listed, and a pool without guests lets nobody in", async () => {
  const roles = await identity.send(new GetIdentityPoolRolesCommand({ IdentityPoolId: identityPoolId }));
  same(roles.Roles, stage.roles, "roles");
  const page = await identity.send(new ListIdentitiesCommand({ IdentityPoolId: identityPoolId, MaxResults: 60 }));
  truth(page.Identities.length > 5 && page.Identities.every((entry) => entry.CreationDate instanceof Date), "identities");
  const closed = await bothPools({ AllowUnauthenticatedIdentities: false });
  await refused(fromCognitoIdentityPool({ identityPoolId: closed.identityPoolId, cache: storage(), clientConfig: here })(),
    "NotAuthorizedException", "Unauthenticated access is not supported for this identity pool.");
});

check.close();
