// amazon-cognito-identity-js: the library of older web apps. It signs in by SRP alone.

import { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool } from "amazon-cognito-identity-js";
import { checks, refused, same, truth } from "./checks.mjs";
import { ENDPOINT, PASSWORD, address, appClient, codeFor, name, person, pool, wrong } from "./world.mjs";

const check = checks("identity_js");
const poolId = await pool({ Schema: [{ Name: "given_name", Required: true, Mutable: true }] });
const clientId = await appClient(poolId);
const ana = { username: name("ana"), mail: address("ana") };

/** The library's view of a pool; each has its own memory, as each browser has. */
const library = () => new CognitoUserPool({
  UserPoolId: poolId, ClientId: clientId, endpoint: `${ENDPOINT}/`, Storage: memory(),
});
const user = (username, from = library()) => new CognitoUser({ Username: username, Pool: from, Storage: from.storage });

function memory() {
  const held = new Map();
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => held.set(key, value),
    removeItem: (key) => held.delete(key),
    clear: () => held.clear(),
  };
}

/** One callback call as a promise. */
const called = (call) => new Promise((resolve, reject) => {
  call((error, answer) => (error ? reject(error) : resolve(answer)));
});

/** authenticateUser as a promise; a demanded new password is an outcome too. */
const signIn = (cognitoUser, Password = PASSWORD) => new Promise((resolve, reject) => {
  const details = new AuthenticationDetails({ Username: cognitoUser.getUsername(), Password });
  cognitoUser.authenticateUser(details, {
    onSuccess: (session) => resolve({ session }),
    onFailure: reject,
    newPasswordRequired: (attributes, required) => resolve({ attributes, required }),
  });
});

const attribute = (Name, Value) => new CognitoUserAttribute({ Name, Value });

await check("signUp sends a code by mail", async () => {
  const attributes = [attribute("email", ana.mail), attribute("given_name", "Ana")];
  const answer = await called((done) => library().signUp(ana.username, PASSWORD, attributes, [], done));
  same([answer.userConfirmed, answer.codeDeliveryDetails.DeliveryMedium], [false, "EMAIL"], "answer");
  truth(/^[0-9a-f-]{36}$/.test(answer.userSub), "sub");
});

await check("before confirming, the right password is not enough", async () => {
  await refused(signIn(user(ana.username)), "UserNotConfirmedException", "User is not confirmed.");
});

await check("confirmRegistration refuses a wrong code and takes the right one", async () => {
  const code = await codeFor(ana.mail);
  await refused(called((done) => user(ana.username).confirmRegistration(wrong(code), false, done)),
    "CodeMismatchException", "Invalid verification code provided, please try again.");
  same(await called((done) => user(ana.username).confirmRegistration(code, false, done)), "SUCCESS", "answer");
});

await check("resendConfirmationCode brings a second code, and the name is taken", async () => {
  const [username, mail] = [name("bob"), address("bob")];
  const attributes = [attribute("email", mail), attribute("given_name", "Bob")];
  await called((done) => library().signUp(username, PASSWORD, attributes, [], done));
  await called((done) => user(username).resendConfirmationCode(done));
  const code = await codeFor(mail, 2);
  await called((done) => user(username).confirmRegistration(code, false, done));
  await refused(called((done) => library().signUp(username, PASSWORD, attributes, [], done)),
    "UsernameExistsException", "User already exists");
});

await check("AU-5 authenticateUser signs in by SRP; getSession and getUserAttributes agree on who it is", async () => {
  const from = library();
  const { session } = await signIn(user(ana.username, from));
  same(session.getIdToken().payload["cognito:username"], ana.username, "ID token");
  const current = from.getCurrentUser();
  const again = await called((done) => current.getSession(done));
  truth(again.isValid(), "the session is valid");
  same(again.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken(), "the same session");
  const held = Object.fromEntries((await called((done) => current.getUserAttributes(done)))
    .map((entry) => [entry.getName(), entry.getValue()]));
  same([held.email, held.email_verified, held.given_name, held.sub],
    [ana.mail, "true", "Ana", session.getIdToken().payload.sub], "attributes");
});

await check("AU-5 a wrong password is refused at the proof, an unknown person by name", async () => {
  await refused(signIn(user(ana.username), "Wr0ng-Horse!"), "NotAuthorizedException", "Incorrect username or password.");
  await refused(signIn(user(name("nobody"))), "UserNotFoundException", "User does not exist.");
});

await check("passwords of other alphabets are proved alike on both sides", async () => {
  for (const password of ["Pässwörd-1-čšž", "Пароль-Aa1!", "密码-Aa1!-🔑🐎"]) {
    const [username, mail] = [name("carol"), address("carol")];
    const attributes = [attribute("email", mail), attribute("given_name", "Carol")];
    await called((done) => library().signUp(username, password, attributes, [], done));
    const code = await codeFor(mail);
    await called((done) => user(username).confirmRegistration(code, false, done));
    const { session } = await signIn(user(username), password);
    same(session.getIdToken().payload["cognito:username"], username, password);
    await refused(signIn(user(username), `${password}.`), "NotAuthorizedException");
  }
});

await check("refreshSession gives new tokens and keeps the refresh token; another's is refused", async () => {
  const one = user(ana.username);
  const { session } = await signIn(one);
  const fresh = await called((done) => one.refreshSession(session.getRefreshToken(), done));
  same(fresh.getRefreshToken().getToken(), session.getRefreshToken().getToken(), "refresh token");
  truth(fresh.getAccessToken().getJwtToken() !== session.getAccessToken().getJwtToken(), "a new access token");
  same(fresh.getIdToken().payload.origin_jti, session.getIdToken().payload.origin_jti, "the same sign-in");
  await called((done) => one.getUserData(done, { bypassCache: true }));
  const broken = { getToken: () => `${session.getRefreshToken().getToken().slice(0, -8)}AAAAAAAA` };
  await refused(called((done) => one.refreshSession(broken, done)), "NotAuthorizedException", "Invalid Refresh Token");
});

await check("AU-5 AU-11 a demanded new password: completeNewPasswordChallenge", async () => {
  const username = await person(poolId, { temporary: true, attributes: { email: "dave@example.com" } });
  const invited = user(username);
  const { attributes, required } = await signIn(invited);
  same(required, ["given_name"], "required attributes");
  same(attributes.email, "dave@example.com", "attributes");
  const session = await new Promise((resolve, reject) => invited.completeNewPasswordChallenge("Br4nd-New-Horse!",
    { given_name: "Dave" }, { onSuccess: resolve, onFailure: reject }));
  same(session.getIdToken().payload.given_name, "Dave", "ID token");
  truth((await signIn(user(username), "Br4nd-New-Horse!")).session.isValid(), "sign-in with the new password");
  await refused(signIn(user(username), PASSWORD), "NotAuthorizedException");
});

await check("UP-38 updateAttributes, getAttributeVerificationCode, verifyAttribute, deleteAttributes, each seen by a second call", async () => {
  const me = user(ana.username);
  await signIn(me);
  const seen = async () => Object.fromEntries((await called((done) => me.getUserAttributes(done)))
    .map((entry) => [entry.getName(), entry.getValue()]));
  const changed = address("anew");
  const changes = [attribute("email", changed), attribute("nickname", "A")];
  const details = await new Promise((resolve, reject) => {
    me.updateAttributes(changes, (error, said, sent) => (error ? reject(error) : resolve([said, sent])));
  });
  same(details[0], "SUCCESS", "answer");
  same(details[1].CodeDeliveryDetailsList.map((one) => one.AttributeName), ["email"], "codes");
  same([(await seen()).email, (await seen()).email_verified, (await seen()).nickname], [changed, "false", "A"], "changed");
  const verify = (code) => new Promise((resolve, reject) => {
    me.verifyAttribute("email", code, { onSuccess: resolve, onFailure: reject });
  });
  const first = await codeFor(changed);
  await refused(verify(wrong(first)), "CodeMismatchException", "Invalid verification code provided, please try again.");
  await new Promise((resolve, reject) => {
    me.getAttributeVerificationCode("email", { onSuccess: resolve, onFailure: reject, inputVerificationCode: resolve });
  });
  same(await verify(await codeFor(changed, 2)), "SUCCESS", "answer");
  same((await seen()).email_verified, "true", "verified");
  ana.mail = changed;
  same(await called((done) => me.deleteAttributes(["nickname"], done)), "SUCCESS", "answer");
  truth(!("nickname" in (await seen())), "deleted");
  await refused(called((done) => me.updateAttributes([attribute("email_verified", "true")], done)),
    "NotAuthorizedException", "A client attempted to write unauthorized attribute");
  await refused(called((done) => me.deleteAttributes(["given_name"], done)), "InvalidParameterException");
});

await check("globalSignOut ends the person's other sessions too", async () => {
  const [here, there] = [user(ana.username), user(ana.username)];
  await signIn(here);
  const elsewhere = (await signIn(there)).session;
  same(await called((done) => here.globalSignOut({ onSuccess: (said) => done(null, said), onFailure: done })),
    "SUCCESS", "answer");
  await refused(called((done) => there.getUserAttributes(done)), "NotAuthorizedException",
    "Access Token has been revoked");
  await refused(called((done) => there.refreshSession(elsewhere.getRefreshToken(), done)), "NotAuthorizedException");
});

await check("signOut revokes this session's tokens and no others", async () => {
  const [here, there] = [user(ana.username), user(ana.username)];
  const { session } = await signIn(here);
  await signIn(there);
  await called((done) => here.signOut(done));
  await refused(called((done) => here.refreshSession(session.getRefreshToken(), done)), "NotAuthorizedException",
    "Refresh Token has been revoked");
  truth((await called((done) => there.getUserAttributes(done))).length > 2, "the other session");
});

await check("forgotPassword and confirmPassword set a new password by code", async () => {
  const lost = user(ana.username);
  const asked = await new Promise((resolve, reject) => lost.forgotPassword({ onSuccess: resolve, onFailure: reject }));
  same(asked.CodeDeliveryDetails, { Destination: "a***@e***", DeliveryMedium: "EMAIL", AttributeName: "email" }, "delivery");
  const code = await codeFor(ana.mail, 3);
  const confirmed = (digits) => new Promise((resolve, reject) => lost.confirmPassword(digits, "Br4nd-New-Horse!",
    { onSuccess: resolve, onFailure: reject }));
  await refused(confirmed(wrong(code)), "CodeMismatchException", "Invalid verification code provided, please try again.");
  same(await confirmed(code), "SUCCESS", "answer");
  truth((await signIn(user(ana.username), "Br4nd-New-Horse!")).session.isValid(), "sign-in with the new password");
  await refused(signIn(user(ana.username)), "NotAuthorizedException");
});

await check("changePassword wants the present password", async () => {
  const here = user(ana.username);
  await signIn(here, "Br4nd-New-Horse!");
  const changed = (from, to) => called((done) => here.changePassword(from, to, done));
  await refused(changed("Wr0ng-Horse!", PASSWORD), "NotAuthorizedException", "Incorrect username or password.");
  same(await changed("Br4nd-New-Horse!", PASSWORD), "SUCCESS", "answer");
  truth((await signIn(user(ana.username))).session.isValid(), "sign-in with the changed password");
  truth((await called((done) => here.getUserAttributes(done))).length > 2, "the session lives on");
});

await check("deleteUser removes the person", async () => {
  const here = user(ana.username);
  await signIn(here);
  same(await called((done) => here.deleteUser(done)), "SUCCESS", "answer");
  await refused(signIn(user(ana.username)), "UserNotFoundException", "User does not exist.");
});

check.close();
