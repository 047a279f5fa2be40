#!/usr/bin/env bash
# From sign-up to a signed call, by a user pool and an identity pool together. Starts a `cognate dev` of its own, plays
# somebody new with the AWS CLI, prints every command before it runs, and stops at the first that does not do what it says.
#
#   examples/pools-together.sh              builds the server first
#   examples/pools-together.sh COGNATE      takes this binary
#
# Needs the AWS CLI and curl.
set -euo pipefail

if [ $# = 0 ]; then
  cd "$(dirname "$0")/.."
  cargo build --release -p server
  set -- "${CARGO_TARGET_DIR:-target}/release/cognate"
fi
HOME_HERE=$(mktemp -d)
"$1" dev --ephemeral --listen 127.0.0.1:0 > "$HOME_HERE/server" 2>&1 &
SERVER=$!
trap 'kill "$SERVER"; wait "$SERVER" || true; rm -rf "$HOME_HERE"' EXIT
until URL=$(sed -n 's/^Cognate is serving on \([^ ]*\) .*/\1/p' "$HOME_HERE/server") && [ -n "$URL" ]; do
  kill -0 "$SERVER" 2> /dev/null || { cat "$HOME_HERE/server"; exit 1; }
  sleep 0.1
done

# No key of AWS, and none of whoever runs this.
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_CA_BUNDLE
export AWS_ENDPOINT_URL=$URL AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true
export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" --output text "$@"; }
says() { printf '\n# %s\n' "$*"; }
runs() { printf '$ %s\n' "$*" | cut -c -160 >&2; "$@"; }
refused() {
  if runs "$@" > "$HOME_HERE/said" 2>&1; then echo "this was not to be allowed"; exit 1; fi
  grep . "$HOME_HERE/said"
}

POOL=$(aws cognito-idp list-user-pools --max-results 60 --query "UserPools[?Name=='sample'].Id")
CLIENT=$(aws cognito-idp list-user-pool-clients --user-pool-id "$POOL" --query 'UserPoolClients[0].ClientId')
IDENTITIES=$(aws cognito-identity list-identity-pools --max-results 60 \
  --query "IdentityPools[?IdentityPoolName=='sample'].IdentityPoolId")

says "Somebody comes as a guest: an identity, and a role's credentials for an hour."
ME=$(runs aws cognito-identity get-id --identity-pool-id "$IDENTITIES" --query IdentityId)
echo "$ME"

says "They sign up, and confirm with the code from the mail."
runs aws cognito-idp sign-up --client-id "$CLIENT" --username eva --password Sample-pass-3 \
  --user-attributes Name=email,Value=eva@example.com --query UserSub
CODE=$(curl -sf -H 'Accept: application/json' "$URL/_cognate/inbox" | grep -o '"code": *"[0-9]*"' | head -1 | tr -dc 0-9)
runs aws cognito-idp confirm-sign-up --client-id "$CLIENT" --username eva --confirmation-code "$CODE"

says "They sign in. The ID token is the login that the guest's identity is linked to; it stays the same identity."
TOKEN=$(runs aws cognito-idp initiate-auth --client-id "$CLIENT" --auth-flow USER_PASSWORD_AUTH \
  --auth-parameters USERNAME=eva,PASSWORD=Sample-pass-3 --query AuthenticationResult.IdToken)
LOGIN=cognito-idp.us-east-1.amazonaws.com/$POOL=$TOKEN
GIVEN=$(runs aws cognito-identity get-credentials-for-identity --identity-id "$ME" --logins "$LOGIN" \
  --query '[IdentityId, Credentials.AccessKeyId, Credentials.SecretKey, Credentials.SessionToken]')
read -r NOW KEY SECRET SESSION <<< "$GIVEN"
[ "$NOW" = "$ME" ]
echo "$NOW, $KEY"
export AWS_ACCESS_KEY_ID=$KEY AWS_SECRET_ACCESS_KEY=$SECRET AWS_SESSION_TOKEN=$SESSION

says "Signed with these credentials: who am I, what the role allows, and what it does not."
runs aws sts get-caller-identity --query Arn
runs aws cognito-idp describe-user-pool --user-pool-id "$POOL" --query UserPool.Name
refused aws cognito-idp list-users --user-pool-id "$POOL"

says "An operator deletes the identity, and the credentials are worth nothing from then on."
env -u AWS_SESSION_TOKEN AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any \
  aws --endpoint-url "$URL" cognito-identity delete-identities --identity-ids-to-delete "$ME" > /dev/null
refused aws cognito-idp describe-user-pool --user-pool-id "$POOL"
