//! Plain passwords: USER_PASSWORD_AUTH and ADMIN_USER_PASSWORD_AUTH (authentication.md 4.5).

use crate::start::Start;
use crate::subject::Subject;
use crate::{Signin, Step};
use accounts::Accounts;
use kernel::{EntropyExt, Secret};
use model::Refusal;

impl Signin {
    pub(crate) async fn start_password(&self, start: &Start) -> Result<Step, Refusal> {
        let through = &start.through;
        let name = start.parameters.need_username()?;
        let subject = self.look_up(&through.pool, name).await?;
        let hash = start.parameters.text("SECRET_HASH");
        self.accounts.prove_client_over(through, &Accounts::hashable(name, subject.user()), hash).await?;
        let password = start.parameters.need("PASSWORD")?;

        let masked = through.client.masks_existence();
        match &subject {
            Subject::Unknown(_) if !masked => return Err(Refusal::NoSuchUser),
            Subject::Known(known) if !known.user.enabled() && !masked => return Err(Refusal::Disabled),
            _ => {}
        }
        self.take_attempt(&through.pool, &subject).await?;
        let tried = self.is_password(through, &subject, password).await;
        let right = self.judged(&through.pool, &subject, tried).await?;
        match subject {
            Subject::Known(known) if right && known.credential.is_some() && known.user.enabled() => {
                self.after_first_factor(through, *known, self.accounts.entropy.uuid(), None).await
            }
            subject => Err(self.unproved(through, &subject).await?),
        }
    }

    /// Tries a password, on the crypto threads; where there is nothing to try the same work is done.
    pub(crate) async fn is_password(
        &self,
        through: &accounts::Through,
        subject: &Subject,
        password: &Secret<String>,
    ) -> Result<bool, Refusal> {
        let trial = self.trial(through, subject)?;
        let password = password.clone();
        self.accounts.crypto.password(move || trial.accepts(password.reveal())).await.map_err(|_| Refusal::Busy)
    }
}
