// aws-amplify v6 in Node, with the library's own memory for tokens.

import { checks } from "./checks.mjs";
import { identities } from "./amplify_identity.mjs";
import { configure, rotation, story } from "./amplify_story.mjs";
import { bothPools } from "./identity_world.mjs";
import { ENDPOINT, PASSWORD, REGION, address, appClient, codeFor, name, person, pool, wrong } from "./world.mjs";

const check = checks("amplify");
const poolId = await pool({ Schema: [{ Name: "given_name", Required: true, Mutable: true }] });

configure({ endpoint: ENDPOINT, poolId, clientId: await appClient(poolId) });
await story(check, {
  people: {
    ana: { username: name("ana"), mail: address("ana") },
    invited: { username: await person(poolId, { temporary: true, attributes: { email: "ivo@example.com" } }) },
  },
  password: PASSWORD, codeFor, wrong,
});
const rotating = await appClient(poolId, {
  ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
  RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 30 },
});
configure({ endpoint: ENDPOINT, poolId, clientId: rotating });
await rotation(check, { username: await person(poolId, { attributes: { given_name: "Ana" } }), password: PASSWORD });

const both = await bothPools();
await identities(check, {
  endpoint: ENDPOINT, region: REGION, ...both, password: PASSWORD,
  people: [await person(both.poolId), await person(both.poolId)],
  closed: (await bothPools({ AllowUnauthenticatedIdentities: false })).identityPoolId,
});
check.close();
