// A guest who becomes a person with aws-amplify v6, told once: `amplify.mjs` plays it in Node, `amplify_page.mjs` in a
// browser. Credentials are used, by the SDK beside the library, as an app does.

import { Amplify } from "aws-amplify";
import { fetchAuthSession, signIn, signOut } from "aws-amplify/auth";
import { CognitoIdentityProviderClient, DescribeUserPoolCommand, ListGroupsCommand } from "@aws-sdk/client-cognito-identity-provider";
import { refused, same, truth } from "./expect.mjs";

/** Both pools, guests let in. */
export function configureBoth({ endpoint, poolId, clientId, identityPoolId, guests = true }) {
  Amplify.configure({ Auth: { Cognito: {
    userPoolId: poolId, userPoolClientId: clientId, userPoolEndpoint: endpoint,
    identityPoolId, identityPoolEndpoint: endpoint, allowGuestAccess: guests,
  } } });
}

export async function identities(told, settings) {
  const { endpoint, region, poolId, people, password, closed } = settings;
  const as = (credentials) => new CognitoIdentityProviderClient({ endpoint, region, maxAttempts: 1, credentials });
  const look = (credentials) => as(credentials).send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  const groups = (credentials) => as(credentials).send(new ListGroupsCommand({ UserPoolId: poolId }));
  const seen = {};
  configureBoth(settings);

  await told("ID-5 a guest's session: credentials that work within the guests' rights, and no tokens", async () => {
    const session = await fetchAuthSession();
    seen.guest = session.identityId;
    truth(/^[a-z0-9-]+:[0-9a-f-]{36}$/.test(session.identityId), `identity ${session.identityId}`);
    same(session.tokens, undefined, "tokens");
    truth(Math.abs(session.credentials.expiration - Date.now() - 3_600_000) < 60_000, "for an hour");
    same((await look(session.credentials)).UserPool.Id, poolId, "allowed");
    await refused(groups(session.credentials), "AccessDeniedException");
    same((await fetchAuthSession()).identityId, seen.guest, "asked again, the same guest");
  });

  await told("ID-13 ID-15 after signing in, credentials of the same identity with the rights of who signed in", async () => {
    same((await signIn({ username: people[0], password })).isSignedIn, true, "signed in");
    const session = await fetchAuthSession();
    same(session.identityId, seen.guest, "the same identity");
    same(session.tokens.idToken.payload["cognito:username"], people[0], "who");
    truth(Array.isArray((await groups(session.credentials)).Groups), "allowed");
    const renewed = await fetchAuthSession({ forceRefresh: true });
    same(renewed.identityId, seen.guest, "after a refresh");
    truth(renewed.credentials.accessKeyId !== session.credentials.accessKeyId, "fresh credentials");
    truth(Array.isArray((await groups(renewed.credentials)).Groups), "still allowed");
  });

  await told("signing out makes a new guest, and signing in again brings the identity back", async () => {
    await signOut();
    const guest = await fetchAuthSession();
    truth(guest.identityId !== seen.guest && guest.tokens === undefined, "a new guest");
    await refused(groups(guest.credentials), "AccessDeniedException");
    await signIn({ username: people[0], password });
    // ID-16: the guest in between turns out to be somebody known.
    same((await fetchAuthSession()).identityId, seen.guest, "who they were");
    await signOut();
  });

  await told("another person is another identity", async () => {
    await signIn({ username: people[1], password });
    const session = await fetchAuthSession();
    truth(session.identityId !== seen.guest, "another one");
    truth(Array.isArray((await groups(session.credentials)).Groups), "allowed");
    await signOut();
  });

  await told("a pool without guests, and an app that wants none", async () => {
    configureBoth({ ...settings, identityPoolId: closed });
    await refused(fetchAuthSession(), "NotAuthorizedException",
      "Unauthenticated access is not supported for this identity pool.");
    configureBoth({ ...settings, guests: false });
    same((await fetchAuthSession()).credentials, undefined, "nobody asked");
    configureBoth(settings);
  });
}
