//! The binary `cognate`: what was typed, handed to the command it names.

use authority::SessionsOf;
use clap::{Parser, Subcommand};
use server::commands::{self, dev, explain_login, keys, master, revoke_sessions, signing};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// A request takes and gives back memory some two hundred times (docs/decisions/0015).
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Cognate: a self-hosted identity service that speaks Amazon Cognito's protocols.
#[derive(Debug, Parser)]
#[command(name = "cognate", version, arg_required_else_help = true)]
struct Typed {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts a server to try things on: sample pool, client and user, an inbox instead of mail, any credentials are root.
    Dev {
        /// Address to listen on.
        #[arg(long, default_value = "127.0.0.1:9229")]
        listen: SocketAddr,
        /// Directory that keeps database, keyring and certificates between runs.
        #[arg(long, default_value = ".cognate", conflicts_with = "ephemeral")]
        data: PathBuf,
        /// Keeps nothing.
        #[arg(long)]
        ephemeral: bool,
        /// Serves https with a certificate authority of its own.
        #[arg(long)]
        tls: bool,
        /// Verifies signatures against generated keys; needed to listen beyond this machine.
        #[arg(long)]
        enforce: bool,
    },
    /// Starts the server of a deployment.
    Serve {
        /// Configuration file (TOML). Every key can also be given as COGNATE_…: see `cognate config`.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Lists, makes and ends root access keys; changes master and signing keys.
    Keys {
        /// Configuration file (TOML).
        #[arg(long, global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        task: KeysTask,
    },
    /// Ends the temporary credentials of a role or user that were handed out so far.
    RevokeSessions {
        /// Configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Brings the database up to this version.
    Migrate {
        /// Configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Looks for what is wrong with a deployment, and says what to do about it.
    Doctor {
        /// Configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Explains what a client with these logins would get from an identity pool, step by step, and why.
    ExplainLogin {
        /// Configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
        /// A file with the logins as JSON, a token for each provider; `-` for the standard input. Without it: a guest.
        #[arg(long)]
        logins: Option<String>,
        /// The identity id that the client holds.
        #[arg(long)]
        identity: Option<String>,
        /// The role that is asked for (CustomRoleArn).
        #[arg(long)]
        role: Option<String>,
        /// The identity pool's id.
        pool: String,
    },
    /// Explains every key of the configuration.
    Config,
}

#[derive(Debug, Subcommand)]
enum KeysTask {
    /// Shows the keys, without their secrets.
    List,
    /// Makes a key and shows its secret once.
    Create {
        /// What to remember it by.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Changes the master key under which everything is sealed, step by step.
    Master {
        #[command(subcommand)]
        step: MasterStep,
    },
    /// Publishes new signing keys for a user pool; they sign a day later, and the old ones go on verifying.
    RotateSigning {
        /// The user pool's id; `identity-pools` for the keys of all identity pools.
        pool: String,
    },
    /// Withdraws a leaked signing key at once: every token it signed is refused.
    RevokeSigning {
        /// The user pool's id; `identity-pools` for the keys of all identity pools.
        pool: String,
        /// The key's id, `kid` in tokens and in the key set.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
    /// Ends a key: it stops signing at once.
    End {
        /// The access key id.
        id: String,
    },
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The role's name.
    #[arg(long)]
    role: Option<String>,
    /// The user's name.
    #[arg(long)]
    user: Option<String>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum MasterStep {
    /// 1. Adds a key that opens and does not seal yet.
    Add,
    /// 2. Makes the newest key the one that seals.
    Activate,
    /// 3. Seals everything anew that is still under an older key; can be repeated.
    Reseal,
    /// 4. Forgets the older keys, when nothing is left under them.
    Retire,
}

fn main() -> ExitCode {
    let ran = match Typed::parse().command {
        Command::Dev { listen, data, ephemeral, tls, enforce } => {
            dev::run(&dev::Wishes { listen, data: (!ephemeral).then_some(data), tls, enforce })
        }
        Command::Serve { config } => commands::serve::run(config.as_deref()),
        Command::Keys { config, task } => {
            let task = match task {
                KeysTask::Master { step } => {
                    return done(master::run(config.as_deref(), step_of(step)));
                }
                KeysTask::RotateSigning { pool } => {
                    return done(signing::run(config.as_deref(), &signing::Task::Rotate { pool }));
                }
                KeysTask::RevokeSigning { pool, kid } => {
                    return done(signing::run(config.as_deref(), &signing::Task::Revoke { pool, kid }));
                }
                KeysTask::List => keys::Task::List,
                KeysTask::Create { label } => keys::Task::Create { label },
                KeysTask::End { id } => keys::Task::End { id },
            };
            keys::run(config.as_deref(), &task)
        }
        Command::RevokeSessions { config, whose: Whose { role, user } } => {
            // The parser lets exactly one of them through.
            let whose = role.map(SessionsOf::Role).or(user.map(SessionsOf::User));
            whose.map_or(Ok(()), |whose| revoke_sessions::run(config.as_deref(), &whose))
        }
        Command::Migrate { config } => commands::migrate::run(config.as_deref()),
        Command::Doctor { config } => commands::doctor::run(config.as_deref()),
        Command::ExplainLogin { config, logins, identity, role, pool } => {
            commands::explain_login::run(config.as_deref(), explain_login::Asked { pool, logins, identity, role })
        }
        Command::Config => {
            commands::config::run();
            Ok(())
        }
    };
    done(ran)
}

fn step_of(typed: MasterStep) -> master::Step {
    match typed {
        MasterStep::Add => master::Step::Add,
        MasterStep::Activate => master::Step::Activate,
        MasterStep::Reseal => master::Step::Reseal,
        MasterStep::Retire => master::Step::Retire,
    }
}

fn done(ran: anyhow::Result<()>) -> ExitCode {
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "cognate: {error:#}");
            ExitCode::FAILURE
        }
    }
}
