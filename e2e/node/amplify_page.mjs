// What runs inside the browser: the same story, bundled, on a page of another origin than the server's.
// The driver (`amplify_browser.mjs`) hands in settings and fetches mailed codes; findings go back as plain data.

import { fetchAuthSession, getCurrentUser, signIn, signOut } from "aws-amplify/auth";
import { configureBoth, identities } from "./amplify_identity.mjs";
import { configure, story } from "./amplify_story.mjs";

const wrong = (code) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0");

/** Plays the story; one finding per act. */
window.playStory = (settings) => {
  configure(settings);
  return findings((told) => story(told, { ...settings, codeFor: window.codeFor, wrong }));
};

/** Plays the story of the guest who becomes a person. */
window.playIdentities = (settings) => findings((told) => identities(told, settings));

async function findings(play) {
  const found = [];
  const told = async (title, act) => {
    try {
      await act();
      found.push({ title });
    } catch (error) {
      const cause = error.underlyingError ? ` [cause: ${error.underlyingError}]` : "";
      found.push({ title, failure: `${error.name}: ${error.message}${cause}` });
    }
  };
  await play(told);
  return found;
}

/** Signs in and leaves the page signed in. */
window.signInHere = async ({ username, password, ...settings }) => {
  configure(settings);
  return (await signIn({ username, password })).isSignedIn;
};

/** Who a freshly loaded page thinks is signed in, from what the last one left in the browser's storage. */
window.whoIsHere = async (settings) => {
  configure(settings);
  const { tokens } = await fetchAuthSession();
  return { username: (await getCurrentUser()).username, expires: tokens.accessToken.payload.exp };
};

/** Which guest a freshly loaded page is, and whether its credentials came from the server just now. */
window.guestHere = async (settings) => {
  configureBoth(settings);
  const { identityId, credentials } = await fetchAuthSession();
  return { identityId, key: credentials.accessKeyId };
};

window.signOutHere = async (settings) => {
  configure(settings);
  await signOut();
  return Object.keys(window.localStorage).filter((key) => key.includes("Token"));
};

/** A bare cross-origin call, as a page without any library makes it; what the browser lets the page read. */
window.bareCall = async (endpoint, operation, body, service = "AWSCognitoIdentityProviderService") => {
  const answer = await fetch(endpoint, {
    method: "POST",
    cache: "no-store",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${service}.${operation}`,
      "x-amz-user-agent": "a-page/1.0",
      "cache-control": "no-store",
      "amz-sdk-invocation-id": crypto.randomUUID(),
      "amz-sdk-request": "attempt=1; max=1",
    },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    requestId: answer.headers.get("x-amzn-requestid"),
    errorType: answer.headers.get("x-amzn-errortype"),
    errorMessage: answer.headers.get("x-amzn-errormessage"),
    body: await answer.json(),
  };
};

window.ready = true;
