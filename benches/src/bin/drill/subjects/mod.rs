//! What the ledger tells of: people, clients, pools, principals and policies of IAM. Each adds its steps up and says what
//! the server must answer.

pub mod client;
pub mod iam;
pub mod person;
pub mod pool;

use crate::questions::Facts;

/// Something a client asked for, about one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// About a person and their group.
    Person(person::Step),
    /// About an app client.
    Client(client::Step),
    /// About a user pool.
    Pool(pool::Step),
    /// About principals and policies of IAM.
    Iam(iam::Step),
}

/// Every kind of step, so that a run can say which of them it never put to the test.
pub const KINDS: [&[&str]; 4] = [person::KINDS, client::KINDS, pool::KINDS, iam::KINDS];

impl Step {
    /// The name of its kind.
    pub fn kind(&self) -> String {
        let told = match self {
            Self::Person(step) => format!("{step:?}"),
            Self::Client(step) => format!("{step:?}"),
            Self::Pool(step) => format!("{step:?}"),
            Self::Iam(step) => format!("{step:?}"),
        };
        told.chars().take_while(char::is_ascii_alphanumeric).collect()
    }
}

/// What the server must answer after these steps, and has to say about a subject nothing was done to.
pub fn facts<'a>(name: &str, steps: impl IntoIterator<Item = &'a Step>) -> Facts {
    let (mut person, mut client) = (person::Person::default(), client::Client::default());
    let (mut pool, mut iam) = (pool::Pool::default(), iam::Iam::default());
    let mut facts = Facts::new();
    let mut kind = None;
    for step in steps {
        kind = Some(step);
        match step {
            Step::Person(step) => person.take(step),
            Step::Client(step) => client.take(step),
            Step::Pool(step) => pool.take(step),
            Step::Iam(step) => iam.take(step),
        }
    }
    match kind {
        Some(Step::Person(_)) | None => person.facts(name, &mut facts),
        Some(Step::Client(_)) => client.facts(name, &mut facts),
        Some(Step::Pool(_)) => pool.facts(&mut facts),
        Some(Step::Iam(_)) => iam.facts(name, &mut facts),
    }
    facts
}
