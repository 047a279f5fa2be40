//! Whether this node may be sent traffic: the database answers, fits, and takes writes.

use edge::operator::Readiness;
use kernel::BoxFuture;
use std::time::Duration;
use store::{Health, Store};

/// A database that does not answer within this is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct StoreReadiness(pub(crate) Store);

impl Readiness for StoreReadiness {
    fn obstacles(&self) -> BoxFuture<'_, Vec<String>> {
        Box::pin(async move {
            let mut obstacles = Vec::new();
            match tokio::time::timeout(PATIENCE, self.0.require_schema()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => obstacles.push(format!("database: {error}")),
                Err(_) => obstacles.push(format!("database: no answer within {} s", PATIENCE.as_secs())),
            }
            if self.0.health() == Health::WritesStopped {
                obstacles.push("database: writes have stopped because a flush failed; restart this node".to_owned());
            }
            obstacles
        })
    }
}
