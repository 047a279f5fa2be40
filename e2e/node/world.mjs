// The server a client file meets: how to reach it, how to get a pool, a client, a person, and their mail.

import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";

export const ENDPOINT = process.env.E2E_ENDPOINT;
export const REGION = process.env.AWS_REGION;
export const PASSWORD = "Corr3ct-Horse!";

// One attempt per call: a retry would hide a 5xx.
export const admin = new CognitoIdentityProviderClient({ endpoint: ENDPOINT, region: REGION, maxAttempts: 1 });

/** A name nobody else uses in this run. */
export const name = (stem) => `${stem}-${randomBytes(4).toString("hex")}`;

/** A mail address nobody else uses in this run. */
export const address = (stem) => `${name(stem)}@example.com`;

/** A fresh pool's id; addresses are verified by mail. */
export async function pool(settings = {}) {
  const command = new CreateUserPoolCommand({ PoolName: name("pool"), AutoVerifiedAttributes: ["email"], ...settings });
  return (await admin.send(command)).UserPool.Id;
}

/** A fresh app client's id: SRP, passwords and refresh allowed. */
export async function appClient(poolId, settings = {}) {
  const flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
  const command = new CreateUserPoolClientCommand({
    UserPoolId: poolId, ClientName: name("client"), ExplicitAuthFlows: flows, ...settings,
  });
  return (await admin.send(command)).UserPoolClient.ClientId;
}

/** A person made by an administrator; without `temporary` the password is theirs to keep. No mail is sent. */
export async function person(poolId, { stem = "ana", temporary = false, attributes = {} } = {}) {
  const username = name(stem);
  await admin.send(new AdminCreateUserCommand({
    UserPoolId: poolId, Username: username, MessageAction: "SUPPRESS", TemporaryPassword: PASSWORD,
    UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  }));
  if (!temporary) {
    await admin.send(new AdminSetUserPasswordCommand({
      UserPoolId: poolId, Username: username, Password: PASSWORD, Permanent: true,
    }));
  }
  return username;
}

/** The six digits in the nth mail to one address, awaited: mail leaves the server after the answer does. */
export async function codeFor(recipient, nth = 1, seconds = 15) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = mailsTo(recipient);
    if (found.length >= nth) {
      const code = /(?<!\d)(\d{6})(?!\d)/.exec(found[nth - 1].plain || found[nth - 1].html.replace(/<[^>]+>/g, " "));
      if (!code) throw new Error(`no code in: ${found[nth - 1].plain}`);
      return code[1];
    }
    if (Date.now() > end) throw new Error(`mail ${nth} to ${recipient} did not arrive (${found.length} did)`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function mailsTo(recipient) {
  const folder = process.env.E2E_MAIL;
  const files = readdirSync(folder).filter((file) => file.endsWith(".json")).sort();
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")))
    .filter((mail) => mail.to.includes(recipient));
}

/** Another code of the same length. */
export const wrong = (code) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0");
