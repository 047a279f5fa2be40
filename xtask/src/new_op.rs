//! `cargo xtask new-op NAME [NOUN]`: lays out an operation's file and its test file, and refreshes the tables.

use crate::codegen;
use crate::codegen::names::snake;
use crate::codegen::served::{ROOMS, Room, present};
use crate::facts::Facts;
use anyhow::{Context, bail};
use std::path::Path;

/// Lays out the files of one operation.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<()> {
    let (name, noun) = match args {
        [name] => (*name, None),
        [name, noun] => (*name, Some(*noun)),
        _ => bail!("usage: cargo xtask new-op NAME [NOUN]"),
    };
    for path in lay_out(&crate::root(), name, noun)? {
        println!("{path}");
    }
    codegen::run(&[])
}

/// Writes both files below `root`; answers their paths.
fn lay_out(root: &Path, name: &str, noun: Option<&str>) -> anyhow::Result<[String; 2]> {
    let (room, service) = room_of(name)?;
    let module = snake(name);
    if let Some(there) = present(root, room).iter().find(|operation| operation.module == module) {
        bail!("{name} already has its file: crates/{}/src/ops/{}/{module}.rs", room.krate, there.noun);
    }
    let dir = format!("crates/{}/src/ops/{}", room.krate, noun.unwrap_or_else(|| guess(name)));
    let paths = [format!("{dir}/{module}.rs"), format!("{dir}/{module}_test.rs")];
    std::fs::create_dir_all(root.join(&dir)).with_context(|| format!("create {dir}"))?;
    let [operation, test] = &paths;
    std::fs::write(root.join(operation), operation_text(room, service, name, &module))?;
    std::fs::write(root.join(test), test_text(name, &module))?;
    Ok(paths)
}

/// The crate that serves the operation, and the service it belongs to.
fn room_of(name: &str) -> anyhow::Result<(&'static Room, &'static str)> {
    for room in &ROOMS {
        for service in room.services() {
            if Facts::committed(service)?.operations.contains_key(name) {
                return Ok((room, service));
            }
        }
    }
    bail!("no service that has a crate knows an operation {name}")
}

/// The folder an operation most likely belongs to: the first word of the list that its name contains.
fn guess(name: &str) -> &'static str {
    const NOUNS: [(&str, &[&str]); 19] = [
        ("groups", &["Group"]),
        ("devices", &["Device"]),
        ("providers", &["IdentityProvider", "ProviderForUser"]),
        ("resource_servers", &["ResourceServer"]),
        ("domains", &["UserPoolDomain"]),
        ("branding", &["Branding", "UICustomization"]),
        ("terms", &["Terms"]),
        ("imports", &["UserImportJob", "CSVHeader"]),
        ("passkeys", &["WebAuthn"]),
        ("mfa", &["SoftwareToken", "MFA", "Mfa", "AuthFactors"]),
        ("sessions", &["Session"]),
        ("risk", &["Risk", "AuthEvent", "LogDelivery"]),
        ("auth", &["InitiateAuth", "AuthChallenge"]),
        ("tokens", &["Token", "SignOut"]),
        ("registration", &["SignUp", "ConfirmationCode"]),
        ("passwords", &["Password"]),
        ("clients", &["UserPoolClient"]),
        ("tags", &["Tag"]),
        ("pools", &["UserPool", "ProvisionedLimit", "SigningCertificate"]),
    ];
    let fits = |words: &&[&str]| words.iter().any(|word| name.contains(word));
    NOUNS.iter().find(|(_, words)| fits(words)).map_or("users", |(noun, _)| noun)
}

fn operation_text(room: &Room, service: &str, name: &str, module: &str) -> String {
    let (state, contract) = (room.state, service.replace('-', "_"));
    format!(
        "//! {name}: say here in one line what it decides.\n\n\
         use crate::{state};\nuse contract::Fault;\nuse contract::{contract}::{module}::{{Input, Output}};\nuse model::Caller;\n\n\
         /// Refuses until it is written: nothing is answered that was not done.\n///\n/// # Errors\n/// Always, so far.\n\
         pub async fn run(_dir: &{state}, _caller: &Caller, _input: Input) -> Result<Output, Fault> {{\n    \
         Err(Fault::new(&contract::fault::common::NOT_IMPLEMENTED, \"{name} is not implemented.\"))\n}}\n"
    )
}

fn test_text(name: &str, module: &str) -> String {
    format!(
        "//! Wire tests of {name}. A name is a sentence about behaviour; one that proves a checklist line starts with its number.\n\n\
         use testkit::prelude::*;\n\n\
         #[cognate_test]\nasync fn {module}_does_what_the_manual_says(_app: App) {{\n    panic!(\"{name} has no test yet\");\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_folders() {
        let pairs = [
            ("AdminDisableUser", "users"),
            ("AdminAddUserToGroup", "groups"),
            ("InitiateAuth", "auth"),
            ("CreateUserPoolClient", "clients"),
            ("CreateUserPool", "pools"),
            ("ConfirmSignUp", "registration"),
            ("StartWebAuthnRegistration", "passkeys"),
            ("VerifySoftwareToken", "mfa"),
            ("GlobalSignOut", "tokens"),
            ("ForgotPassword", "passwords"),
        ];
        for (name, noun) in pairs {
            assert_eq!(guess(name), noun, "{name}");
        }
    }

    #[test]
    fn an_operation_is_laid_out_once_and_only_if_the_contract_knows_it() {
        let root = std::env::temp_dir().join(format!("new-op-{}", std::process::id()));
        let [operation, test] = lay_out(&root, "AdminDisableUser", None).unwrap();
        assert_eq!(operation, "crates/directory/src/ops/users/admin_disable_user.rs");
        let text = std::fs::read_to_string(root.join(&operation)).unwrap();
        assert!(text.contains("use contract::cognito_idp::admin_disable_user::{Input, Output};"));
        assert!(root.join(test).exists());
        assert!(lay_out(&root, "AdminDisableUser", Some("elsewhere")).is_err(), "there already");
        assert!(lay_out(&root, "AdminInventUser", None).is_err(), "unknown");
        std::fs::remove_dir_all(&root).unwrap();
    }
}
