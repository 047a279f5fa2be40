//! Lists a pool's people, all or those that one condition names, a page at a time.

use crate::{Directory, attributes, listing, say, search};
use contract::Fault;
use contract::cognito_idp::fault;
use contract::cognito_idp::list_users::{Input, Output};
use kernel::Sub;
use model::{Caller, Pool, User};
use store::{UserFilter, work};

/// Pages by the searched value and sub; the token is bound to pool and filter.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    check_names(&pool, input.attributes_to_get.as_deref())?;
    let text = input.filter.as_deref().unwrap_or_default();
    let filter = search::parse(text)?;
    let binding = ["ListUsers", pool.id.as_str(), text];
    let after = listing::open(dir, &binding, input.pagination_token.as_deref())?.map(|key| cursor(&key)).transpose()?;
    let limit = listing::page_size(input.limit);
    let (id, asked) = (pool.id.clone(), filter.clone());
    let page = dir
        .store
        .read(work!(|tx, id, asked, after, limit| -> Fault {
            let after = after.as_ref().map(|(value, sub)| (value.as_str(), sub));
            Ok(tx.users().list(id, asked, after, *limit).await?)
        }))
        .await?;
    let pagination_token = listing::next(dir, &binding, &page, |user| key(&filter, user));
    let wanted = input.attributes_to_get.as_deref();
    let users = page.items.iter().map(|user| attributes::described(user, wanted)).collect();
    Ok(Output { users: Some(users), pagination_token })
}

/// Where a page ends: the searched value, which the order goes by, and the sub.
fn key(filter: &UserFilter, user: &User) -> String {
    let value = match filter {
        UserFilter::StartsWith(column, _) | UserFilter::Is(column, _) => column.of(user).unwrap_or_default(),
        UserFilter::All | UserFilter::Enabled(_) => "",
    };
    format!("{}\n{value}", user.sub)
}

fn cursor(key: &str) -> Result<(String, Sub), Fault> {
    let bad = || fault::invalid_parameter(say::INVALID_PAGINATION_TOKEN);
    let (sub, value) = key.split_once('\n').ok_or_else(bad)?;
    Ok((value.to_owned(), Sub::parse(sub).map_err(|_| bad())?))
}

fn check_names(pool: &Pool, names: Option<&[String]>) -> Result<(), Fault> {
    match names.unwrap_or_default().iter().find(|name| pool.schema(name).is_none()) {
        Some(name) => Err(fault::invalid_parameter(format!("Attribute {name} is not in the schema of the user pool."))),
        None => Ok(()),
    }
}
