// One person's life with aws-amplify v6, told once: `amplify.mjs` plays it in Node, `amplify_page.mjs` in a browser.
// `told(act)` runs an act and reports it; `codeFor` fetches the mailed code.

import { Amplify } from "aws-amplify";
import {
  confirmResetPassword, confirmSignIn, confirmSignUp, confirmUserAttribute, deleteUser, deleteUserAttributes,
  fetchAuthSession, fetchUserAttributes, getCurrentUser, resendSignUpCode, resetPassword,
  sendUserAttributeVerificationCode, signIn, signOut, signUp, updatePassword, updateUserAttributes,
} from "aws-amplify/auth";
import { refused, same, truth } from "./expect.mjs";

export function configure({ endpoint, poolId, clientId }) {
  Amplify.configure({ Auth: { Cognito: { userPoolId: poolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } } });
}

export async function story(told, { people, password, codeFor, wrong }) {
  const { ana, invited } = people;

  await told("signUp announces the code", async () => {
    const options = { userAttributes: { email: ana.mail, given_name: "Ana" } };
    const answer = await signUp({ username: ana.username, password, options });
    same([answer.isSignUpComplete, answer.nextStep.signUpStep], [false, "CONFIRM_SIGN_UP"], "next step");
    same(answer.nextStep.codeDeliveryDetails.deliveryMedium, "EMAIL", "medium");
    await refused(signUp({ username: ana.username, password, options }), "UsernameExistsException");
  });

  await told("signIn before confirming leads to the confirmation", async () => {
    const answer = await signIn({ username: ana.username, password });
    same(answer.nextStep.signInStep, "CONFIRM_SIGN_UP", "next step");
  });

  await told("UP-4 confirmSignUp refuses a wrong code, and the page can read which error it was", async () => {
    const code = await codeFor(ana.mail, 1);
    await refused(confirmSignUp({ username: ana.username, confirmationCode: wrong(code) }), "CodeMismatchException",
      "Invalid verification code provided, please try again.");
    const again = await resendSignUpCode({ username: ana.username });
    same(again.attributeName, "email", "attribute");
    const answer = await confirmSignUp({ username: ana.username, confirmationCode: await codeFor(ana.mail, 2) });
    same(answer.isSignUpComplete, true, "complete");
  });

  await told("a wrong password and an unknown person are refused", async () => {
    await refused(signIn({ username: ana.username, password: "Wr0ng-Horse!" }), "NotAuthorizedException",
      "Incorrect username or password.");
    await refused(signIn({ username: `${ana.username}-nobody`, password }), "UserNotFoundException");
    await refused(getCurrentUser(), "UserUnAuthenticatedException");
  });

  await told("AU-5 signIn by SRP, and getCurrentUser says who it is", async () => {
    const answer = await signIn({ username: ana.username, password });
    same([answer.isSignedIn, answer.nextStep.signInStep], [true, "DONE"], "answer");
    same((await getCurrentUser()).username, ana.username, "current user");
  });

  await told("fetchAuthSession holds tokens of this person, fetchUserAttributes the profile", async () => {
    const { tokens, userSub } = await fetchAuthSession();
    same(tokens.idToken.payload["cognito:username"], ana.username, "ID token");
    same([tokens.accessToken.payload.token_use, tokens.accessToken.payload.sub], ["access", userSub], "access token");
    const held = await fetchUserAttributes();
    same([held.email, held.email_verified, held.given_name, held.sub], [ana.mail, "true", "Ana", userSub], "profile");
  });

  await told("UP-38 a changed address is unverified until its code comes back; attributes come and go", async () => {
    const mail = `new.${ana.mail}`;
    const answer = await updateUserAttributes({ userAttributes: { email: mail, nickname: "A" } });
    same(answer.email.nextStep.updateAttributeStep, "CONFIRM_ATTRIBUTE_WITH_CODE", "next step");
    same(answer.nickname.isUpdated, true, "nickname");
    const changed = await fetchUserAttributes();
    same([changed.email, changed.email_verified, changed.nickname], [mail, "false", "A"], "profile");
    const first = await codeFor(mail, 1);
    await refused(confirmUserAttribute({ userAttributeKey: "email", confirmationCode: wrong(first) }),
      "CodeMismatchException", "Invalid verification code provided, please try again.");
    const sent = await sendUserAttributeVerificationCode({ userAttributeKey: "email" });
    same([sent.attributeName, sent.deliveryMedium], ["email", "EMAIL"], "delivery");
    await confirmUserAttribute({ userAttributeKey: "email", confirmationCode: await codeFor(mail, 2) });
    same((await fetchUserAttributes()).email_verified, "true", "verified");
    await deleteUserAttributes({ userAttributeKeys: ["nickname"] });
    truth(!("nickname" in (await fetchUserAttributes())), "deleted");
    await refused(updateUserAttributes({ userAttributes: { email_verified: "false" } }), "NotAuthorizedException",
      "A client attempted to write unauthorized attribute");
    ana.mail = mail;
  });

  await told("signOut forgets the tokens", async () => {
    await signOut();
    truth((await fetchAuthSession()).tokens === undefined, "no tokens left");
    await refused(getCurrentUser(), "UserUnAuthenticatedException");
  });

  await told("USER_PASSWORD_AUTH, and signOut everywhere", async () => {
    const options = { authFlowType: "USER_PASSWORD_AUTH" };
    await refused(signIn({ username: ana.username, password: "Wr0ng-Horse!", options }), "NotAuthorizedException");
    same((await signIn({ username: ana.username, password, options })).isSignedIn, true, "signed in");
    same((await fetchUserAttributes()).email, ana.mail, "profile");
    await signOut({ global: true });
    truth((await fetchAuthSession()).tokens === undefined, "no tokens left");
  });

  await told("AU-11 confirmSignIn answers a demanded new password", async () => {
    const answer = await signIn({ username: invited.username, password });
    same(answer.nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED", "next step");
    same(answer.nextStep.missingAttributes, ["given_name"], "missing attributes");
    const done = await confirmSignIn({
      challengeResponse: "Br4nd-New-Horse!", options: { userAttributes: { given_name: "Ivo" } },
    });
    same(done.isSignedIn, true, "signed in");
    same((await fetchUserAttributes()).given_name, "Ivo", "profile");
    await signOut();
    await refused(signIn({ username: invited.username, password }), "NotAuthorizedException");
  });

  await told("resetPassword and confirmResetPassword set a new password by code", async () => {
    const asked = await resetPassword({ username: ana.username });
    same([asked.isPasswordReset, asked.nextStep.resetPasswordStep], [false, "CONFIRM_RESET_PASSWORD_WITH_CODE"], "step");
    same(asked.nextStep.codeDeliveryDetails.deliveryMedium, "EMAIL", "medium");
    const code = await codeFor(ana.mail, 3);
    const given = { username: ana.username, newPassword: "Br4nd-New-Horse!" };
    await refused(confirmResetPassword({ ...given, confirmationCode: wrong(code) }), "CodeMismatchException",
      "Invalid verification code provided, please try again.");
    await confirmResetPassword({ ...given, confirmationCode: code });
    await refused(signIn({ username: ana.username, password }), "NotAuthorizedException");
    same((await signIn({ username: ana.username, password: "Br4nd-New-Horse!" })).isSignedIn, true, "signed in");
  });

  await told("updatePassword wants the present password", async () => {
    await refused(updatePassword({ oldPassword: "Wr0ng-Horse!", newPassword: password }), "NotAuthorizedException",
      "Incorrect username or password.");
    await updatePassword({ oldPassword: "Br4nd-New-Horse!", newPassword: password });
    same((await fetchUserAttributes()).email, ana.mail, "still signed in");
    await signOut();
    same((await signIn({ username: ana.username, password })).isSignedIn, true, "signed in with the changed password");
  });

  await told("signOut everywhere ends a sign-in, deleteUser the person", async () => {
    await signOut({ global: true });
    await refused(getCurrentUser(), "UserUnAuthenticatedException");
    await signIn({ username: ana.username, password });
    await deleteUser();
    await refused(signIn({ username: ana.username, password }), "UserNotFoundException");
  });
}

/** A client whose refresh tokens are rotated: the library asks GetTokensFromRefreshToken and keeps what comes with it. */
export async function rotation(told, { username, password }) {
  const renew = async () => (await fetchAuthSession({ forceRefresh: true })).tokens;
  const jti = (tokens) => tokens.accessToken.payload.jti;

  await told("TK-14 refreshed three times over, each time with the token of the time before", async () => {
    await signIn({ username, password });
    const first = (await fetchAuthSession()).tokens;
    const seen = new Set([jti(first)]);
    for (let round = 0; round < 3; round += 1) {
      const { tokens } = await fetchAuthSession({ forceRefresh: true });
      seen.add(jti(tokens));
      same(tokens.accessToken.payload.origin_jti, first.accessToken.payload.origin_jti, "the same sign-in");
      same((await fetchUserAttributes()).sub, tokens.idToken.payload.sub, "the new token opens the profile");
    }
    same(seen.size, 4, "a new token each time");
  });

  await told("TK-15 asked twice at once, both are answered", async () => {
    const both = await Promise.all([renew(), renew()]);
    truth(both.every((tokens) => tokens !== undefined), "two sessions");
    same((await renew()).accessToken.payload.username, username, "and it goes on");
    await signOut();
  });
}
