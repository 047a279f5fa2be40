//! REFRESH_TOKEN_AUTH: new tokens for a sign-in that still lives. Takes no writer (tokens.md 6.1).

use crate::start::Start;
use crate::{Signin, Step};
use crypto::offload::Turn;
use model::Refusal;

impl Signin {
    pub(crate) async fn start_refresh(&self, start: &Start) -> Result<Step, Refusal> {
        let through = &start.through;
        let token = start.parameters.need("REFRESH_TOKEN")?;
        let hash = start.parameters.text("SECRET_HASH");
        if through.client.confidential && hash.is_none() {
            return Err(Refusal::SecretHashMissing(through.client.id.as_str().to_owned()));
        }
        let found = self.tokens.redeem_refresh(&through.pool, &through.client, token).await?;
        // There is no USERNAME here: the hash is over a name of the token's person.
        let names = [found.user.username.as_str(), found.user.sub.as_str()];
        self.accounts.prove_client_over(through, &names, hash).await?;
        Ok(Step::Tokens(self.tokens.issue(Turn::Ahead, &through.pool, &through.client, &found).await?))
    }
}
