//! The store: the only SQL of the house, in re-runnable transactions, on SQLite or on Postgres.
//!
//! Knows: engines, statements, migrations, one module per noun. Never knows: HTTP, protocols, what a change means.
//! To add a question: a method in its noun's file with one SQL text, and its question in `tests/exam`. To add a
//! table: a numbered file under `src/migrations` and a line in `schema.rs`.

mod dialect;
mod document;
mod error;
mod figures;
mod nouns;
mod postgres;
mod row;
mod schema;
mod settings;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod value;
mod work;

pub use error::StoreError;
pub use figures::Figures;
pub use nouns::*;
pub use postgres::{DatabaseTls, PostgresConfig};
pub use row::{FromCell, Row};
pub use schema::SchemaState;
pub use sqlite::{Place, SqliteOptions, before_rest};
pub use store::{Health, Store};
pub use tx::Tx;
pub use value::Val;
pub use work::Work;
