//! May he? Root may; everyone else is decided by policies.

use crate::proof::Unproven;
use crate::resource::Finder;
use crate::rights::{Bound, Rights};
use crate::surroundings;
use crate::{Authority, Denial, Estate, denial};
use contract::authorisation::Resource;
use contract::reach::texts;
use contract::{OperationMeta, Value};
use iam::{Context, Decision, Named, Policies, PrincipalIds, Request, denied_sentence, explain};
use kernel::Time;
use model::{AwsSession, Caller, Principal, SessionOf};
use std::sync::Arc;

/// Why a caller who is who they say may not go on.
#[derive(Debug, thiserror::Error)]
pub enum NotPermitted {
    /// The answer is no, in the service's own sentence (user-pools.md 1.8).
    #[error("{0}")]
    Denied(Denial),
    /// The answer is not known: the policies could not be read.
    #[error(transparent)]
    Unknown(#[from] Unproven),
}

/// A principal's policies as one request meets them.
pub(crate) struct Standing<'e> {
    estate: &'e Estate,
    pub(crate) now: Time,
    principal: PrincipalIds,
    arn: String,
    pub(crate) rights: Arc<Rights>,
    session: Option<Vec<Bound>>,
}

impl Authority {
    /// Whether the caller may do this. Root may do everything in its account, and so may its sessions that nothing
    /// narrows; everyone else is asked about in policies, also about every role that the request hands on.
    ///
    /// # Errors
    /// [`NotPermitted`].
    pub async fn authorise(&self, caller: &Caller, meta: &OperationMeta, input: &Value) -> Result<(), NotPermitted> {
        if is_root(&caller.principal) {
            return Ok(());
        }
        let unheard = || nobody(&format!("{}:{}", meta.service.meta().name, meta.name), "*");
        // An operation nobody wrote into the table is root's alone.
        let asked = meta.service.meta().authorisation(meta.name).ok_or_else(unheard)?;
        // What a role's trust policy has a say in is asked by the operation, which knows the role.
        if matches!(asked.resource, Resource::Unasked | Resource::Trusting(_)) {
            return Ok(());
        }
        let estate = self.estate.as_ref().ok_or_else(unheard)?;
        let standing = self.standing(estate, caller).await?.ok_or_else(unheard)?;
        let finder = Finder { store: &estate.store, caller, shape: meta.input, input };
        let target = finder.find(asked.resource).await.map_err(Unproven::unavailable)?;
        let mut context = surroundings::keys(caller, &standing.rights, standing.now);
        surroundings::of_request(&mut context, asked, meta.input, input);
        surroundings::of_target(&mut context, &target);
        standing.decide(asked.action, &target.arn, &context)?;
        for role in asked.passes.iter().flat_map(|path| texts(meta.input, input, path)) {
            context.set("iam:PassedToService", format!("{}.amazonaws.com", meta.service.meta().name));
            standing.decide("iam:PassRole", role, &context)?;
        }
        Ok(())
    }

    /// The policies of a caller who must have some: root's are those that allow everything.
    pub(crate) async fn required(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
    ) -> Result<(&Estate, Standing<'_>), NotPermitted> {
        let denied = || nobody(action, resource);
        let estate = self.estate.as_ref().ok_or_else(denied)?;
        let standing = match &caller.principal {
            Principal::Root { .. } => {
                let rights = estate.rights.of_root()?;
                let principal = surroundings::principal(caller, &rights);
                let arn = principal.arn.clone().unwrap_or_default();
                Some(Standing { estate, now: self.clock.now(), principal, arn, rights, session: None })
            }
            _ => self.standing(estate, caller).await?,
        };
        Ok((estate, standing.ok_or_else(denied)?))
    }

    /// The principal's policies; `None` for callers that have none to have.
    async fn standing<'e>(&self, estate: &'e Estate, caller: &Caller) -> Result<Option<Standing<'e>>, Unproven> {
        let account = &caller.account;
        let (id, session) = match &caller.principal {
            Principal::User { id, .. } => (Some(id.as_str()), None),
            Principal::Session(session) => (session.of.principal_id(), Some(session)),
            Principal::Root { .. } | Principal::Anonymous => return Ok(None),
        };
        let rights = match id {
            Some(id) => estate.rights.of(account, id).await?,
            None => Some(estate.rights.of_root()?),
        };
        let Some(rights) = rights else { return Ok(None) };
        let session = match session {
            Some(session) => estate.rights.session(account, session).await?,
            None => None,
        };
        let principal = surroundings::principal(caller, &rights);
        let arn = principal.arn.clone().unwrap_or_default();
        Ok(Some(Standing { estate, now: self.clock.now(), principal, arn, rights, session }))
    }
}

impl Standing<'_> {
    fn decide(&self, action: &str, resource: &str, context: &Context) -> Result<(), NotPermitted> {
        self.decide_with(action, resource, context, None)
    }

    /// The same, with the trust policy of the role that the request is about.
    pub(crate) fn decide_with(
        &self,
        action: &str,
        resource: &str,
        context: &Context,
        trust: Option<&Named<'_>>,
    ) -> Result<(), NotPermitted> {
        let identity = named(&self.rights.identity);
        let boundary = self.rights.boundary.as_deref().map(named);
        let session = self.session.as_deref().map(named);
        let policies = Policies {
            identity: &identity,
            boundary: boundary.as_deref(),
            session: session.as_deref(),
            trust,
            ..Policies::default()
        };
        let request = Request { action, resource, principal: &self.principal, context };
        match iam::decide(&policies, &request) {
            Decision::Allow => Ok(()),
            decision => {
                let sentence = denied_sentence(&self.arn, action, resource, &decision);
                // Reasons are gathered only now: most requests are allowed.
                let encoded = denial::seal(self.estate, &request, &self.arn, &explain(&policies, &request), self.now);
                Err(NotPermitted::Denied(Denial { sentence, encoded }))
            }
        }
    }
}

/// Whom no policy could be asked about.
fn nobody(action: &str, resource: &str) -> NotPermitted {
    let sentence = format!("User: anonymous is not authorized to perform: {action} on resource: {resource}");
    NotPermitted::Denied(Denial::plain(sentence))
}

fn named(all: &[Bound]) -> Vec<Named<'_>> {
    all.iter().map(Bound::named).collect()
}

/// Root itself, or a session of root's that nothing narrows.
fn is_root(principal: &Principal) -> bool {
    let whole = |session: &AwsSession| session.of == SessionOf::Root && !session.is_narrowed();
    match principal {
        Principal::Root { .. } => true,
        Principal::Session(session) => whole(session),
        Principal::User { .. } | Principal::Anonymous => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccessKeys, KnownKey, Regions};
    use contract::Service;
    use contract::shape::NOTHING;
    use contract::{Auth, OutputKind};
    use kernel::{AccountId, BoxFuture, Region, SystemClock};
    use std::error::Error;

    #[derive(Debug)]
    struct NoKeys;

    impl AccessKeys for NoKeys {
        fn find<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<KnownKey>, Box<dyn Error + Send + Sync>>> {
            Box::pin(async { Ok(None) })
        }
    }

    /// An operation that the table of policies does not know.
    static UNLISTED: OperationMeta = OperationMeta {
        service: Service::Iam,
        name: "Unlisted",
        auth: Auth::Signed,
        method: "POST",
        uri: "/",
        input: &NOTHING,
        output: None,
        result_wrapper: None,
        output_kind: OutputKind::Empty,
        errors: &[],
    };

    #[tokio::test]
    async fn an_operation_that_is_in_no_table_is_roots_alone() {
        let authority = Authority::enforcing(Arc::new(NoKeys), Regions::Any, Arc::new(SystemClock));
        let access_key_id = "AKIAIOSFODNN7EXAMPLE".to_owned();
        let caller = |principal| Caller {
            request_id: uuid::Uuid::nil(),
            region: Region::parse("eu-west-1").unwrap(),
            secure: true,
            account: AccountId::parse("123456789012").unwrap(),
            source_ip: None,
            user_agent: None,
            principal,
        };
        let nothing = Value::Struct(Vec::new());
        let user = caller(Principal::User { access_key_id: access_key_id.clone(), id: "AIDAX".to_owned() });
        let denied = authority.authorise(&user, &UNLISTED, &nothing).await.unwrap_err();
        let sentence = "User: anonymous is not authorized to perform: iam:Unlisted on resource: *";
        assert!(matches!(&denied, NotPermitted::Denied(told) if told.sentence == sentence), "{denied}");
        let root = caller(Principal::Root { access_key_id });
        assert!(authority.authorise(&root, &UNLISTED, &nothing).await.is_ok());
    }
}
