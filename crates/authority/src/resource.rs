//! What an operation is done to: the ARN that policies are asked about, and what is known about the thing it names.

use contract::authorisation::Resource;
use contract::reach::text;
use contract::{Shape, Value};
use kernel::{ClientId, IdentityPoolId, UserPoolId};
use model::{Caller, OidcProvider, Principal, SamlProvider};
use store::{Store, StoreError, work};

/// The thing a request is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// Its ARN, or `*`.
    pub(crate) arn: String,
    /// Its tags.
    pub(crate) tags: Vec<(String, String)>,
    /// The permissions boundary of the user or role it is.
    pub(crate) boundary: Option<String>,
}

impl Target {
    fn of(arn: impl Into<String>) -> Self {
        Self { arn: arn.into(), ..Self::default() }
    }
}

/// Finds what a request is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finder<'a> {
    pub(crate) store: &'a Store,
    pub(crate) caller: &'a Caller,
    /// The request, by the shape of its operation.
    pub(crate) shape: &'static Shape,
    pub(crate) input: &'a Value,
}

impl Finder<'_> {
    /// The target of a resource of the table. What does not exist has the ARN it would have, so that a caller who may
    /// not touch it does not learn whether it is there.
    pub(crate) async fn find(&self, resource: Resource) -> Result<Target, StoreError> {
        match resource {
            Resource::Unasked | Resource::Any => Ok(Target::of("*")),
            Resource::Arn(member) | Resource::Trusting(member) => self.by_arn(self.said(member)).await,
            Resource::UserPool(member) => self.pool(self.said(member)).await,
            Resource::UserPoolOfClient(member) => self.pool_of_client(self.said(member)).await,
            Resource::IdentityPool(pool) => {
                let target = self.identity("cognito-identity", &[("identitypool", pool)]);
                Ok(Target { tags: self.identity_pool_tags(self.said(pool)).await?, ..target })
            }
            Resource::Identity(pool, id) => {
                Ok(self.identity("cognito-sync", &[("identitypool", pool), ("identity", id)]))
            }
            Resource::Dataset(pool, id, name) => {
                Ok(self.identity("cognito-sync", &[("identitypool", pool), ("identity", id), ("dataset", name)]))
            }
            Resource::User(member) => self.user(text(self.shape, self.input, member)).await,
            Resource::Group(member) => self.group(self.said(member)).await,
            Resource::Role(member) => self.role(self.said(member)).await,
            Resource::New(kind, name, path) => Ok(Target::of(self.new_arn(kind, name, path))),
            Resource::FederatedUser(member) => {
                Ok(Target::of(format!("arn:aws:sts::{}:federated-user/{}", self.caller.account, self.said(member))))
            }
        }
    }

    /// A text member; empty when it is left out.
    fn said(&self, member: &str) -> &str {
        text(self.shape, self.input, member).unwrap_or_default()
    }

    /// `arn:aws:iam::ACCOUNT:kind/path/NAME`; without a path the slash alone.
    fn iam(&self, kind: &str, name: &str) -> Target {
        Target::of(format!("arn:aws:iam::{}:{kind}/{name}", self.caller.account))
    }

    fn new_arn(&self, kind: &str, name: &str, path: Option<&'static str>) -> String {
        let path = path.and_then(|member| text(self.shape, self.input, member)).unwrap_or("/");
        // An OIDC provider is named by its URL without the scheme; a slash at the end belongs to the name.
        let name = self.said(name);
        let name = name.strip_prefix("https://").unwrap_or(name);
        format!("arn:aws:iam::{}:{kind}{path}{name}", self.caller.account)
    }

    fn identity(&self, service: &str, parts: &[(&str, &str)]) -> Target {
        let caller = self.caller;
        let path: Vec<String> = parts.iter().map(|(kind, member)| format!("{kind}/{}", self.said(member))).collect();
        let partition = kernel::ids::partition(caller.region.as_str());
        Target::of(format!("arn:{partition}:{service}:{}:{}:{}", caller.region, caller.account, path.join("/")))
    }

    async fn pool(&self, id: &str) -> Result<Target, StoreError> {
        let Ok(id) = UserPoolId::parse(id) else { return Ok(Target::of("*")) };
        let arn = id.arn(&self.caller.account);
        let pool = self.store.pool(&id).await?.filter(|pool| pool.account == self.caller.account);
        let tags = pool.and_then(|pool| pool.settings.user_pool_tags.clone()).unwrap_or_default();
        Ok(Target { arn, tags: tags.into_iter().collect(), boundary: None })
    }

    /// Tags of an identity pool of the caller's account and region; none of any other.
    async fn identity_pool_tags(&self, id: &str) -> Result<Vec<(String, String)>, StoreError> {
        let id = IdentityPoolId::parse(id).ok().filter(|id| id.region() == self.caller.region.as_str());
        let Some(id) = id else { return Ok(Vec::new()) };
        let pool = self.store.identity_pool(&id).await?.filter(|pool| pool.account == self.caller.account);
        Ok(pool.map(|pool| pool.tags.clone()).unwrap_or_default().into_iter().collect())
    }

    async fn pool_of_client(&self, id: &str) -> Result<Target, StoreError> {
        let client = match ClientId::parse(id) {
            Ok(id) => self.store.client(&id).await?,
            Err(_) => None,
        };
        match client {
            Some(client) => self.pool(client.pool.as_str()).await,
            None => Ok(Target::of("*")),
        }
    }

    /// The caller's own user where none is named.
    async fn user(&self, name: Option<&str>) -> Result<Target, StoreError> {
        let account = self.caller.account.clone();
        let (by_id, asked) = match (name, &self.caller.principal) {
            (Some(name), _) => (false, name.to_owned()),
            (None, Principal::User { id, .. }) => (true, id.clone()),
            (None, Principal::Session(session)) => (true, session.of.principal_id().unwrap_or_default().to_owned()),
            (None, _) => return Ok(Target::of(format!("arn:aws:iam::{account}:root"))),
        };
        let found = self
            .store
            .read(work!(|tx, account, by_id, asked| -> StoreError {
                if *by_id {
                    tx.iam_users().get_by_id(account, asked).await
                } else {
                    tx.iam_users().get(account, asked).await
                }
            }))
            .await?;
        Ok(match found {
            Some(user) => Target { arn: user.arn(), tags: user.tags, boundary: user.boundary },
            None => self.iam("user", name.unwrap_or("*")),
        })
    }

    async fn group(&self, name: &str) -> Result<Target, StoreError> {
        let (account, asked) = (self.caller.account.clone(), name.to_owned());
        let found =
            self.store.read(work!(|tx, account, asked| -> StoreError { tx.iam_groups().get(account, asked).await }));
        Ok(found.await?.map_or_else(|| self.iam("group", name), |group| Target::of(group.arn())))
    }

    async fn role(&self, name: &str) -> Result<Target, StoreError> {
        let (account, asked) = (self.caller.account.clone(), name.to_owned());
        let found =
            self.store.read(work!(|tx, account, asked| -> StoreError { tx.iam_roles().get(account, asked).await }));
        Ok(match found.await? {
            Some(role) => Target { arn: role.arn(), tags: role.tags, boundary: role.boundary },
            None => self.iam("role", name),
        })
    }

    /// Tags of whatever an ARN names here.
    async fn by_arn(&self, arn: &str) -> Result<Target, StoreError> {
        let account = self.caller.account.clone();
        let mut pieces = arn.splitn(6, ':').skip(2);
        let (service, resource) = (pieces.next().unwrap_or_default(), pieces.nth(2).unwrap_or_default());
        let tags = match (service, resource.split_once('/')) {
            ("cognito-idp", Some(("userpool", id))) => self.pool(id).await?.tags,
            ("cognito-identity", Some(("identitypool", id))) => self.identity_pool_tags(id).await?,
            ("iam", Some(("policy", _))) => {
                let asked = arn.to_owned();
                let found = work!(|tx, account, asked| -> StoreError { tx.iam_policies().get(account, asked).await });
                self.store.read(found).await?.map(|policy| policy.tags).unwrap_or_default()
            }
            ("iam", Some(("oidc-provider", _))) => {
                let asked = OidcProvider::url_of(arn, &account).unwrap_or_default().to_owned();
                let found =
                    work!(|tx, account, asked| -> StoreError { tx.iam_providers().get_oidc(account, asked).await });
                self.store.read(found).await?.map(|provider| provider.tags).unwrap_or_default()
            }
            ("iam", Some(("saml-provider", _))) => {
                let asked = SamlProvider::name_of(arn, &account).unwrap_or_default().to_owned();
                let found =
                    work!(|tx, account, asked| -> StoreError { tx.iam_providers().get_saml(account, asked).await });
                self.store.read(found).await?.map(|provider| provider.tags).unwrap_or_default()
            }
            ("iam", Some(("role", path))) => self.role(path.rsplit('/').next().unwrap_or_default()).await?.tags,
            _ => Vec::new(),
        };
        Ok(Target { arn: arn.to_owned(), tags, boundary: None })
    }
}
