//! `serve`, `keys`, `migrate`, `doctor`: the life of a deployment.

use crate::running::{Running, Workplace, free_address, http, run, run_with_files, text};
use aws_lc_rs::digest::{SHA256, digest};
use crypto::sigv4::{Credentials, Payload, RequestParts, Rules, Signing, sign};
use kernel::{Clock, Secret, SystemClock};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_first_start_shows_a_root_key_once_and_later_ones_do_not() {
    let place = Workplace::new("first");
    let (public, operator) = (free_address(), free_address());
    let config = place.configuration(public, operator, "");
    let arguments = ["serve", "--config", config.to_str().unwrap()];
    let server = Running::start(&arguments, &place.0);
    let said = server.wait_for("cognate is serving");
    assert!(said.contains(&format!("listening=\"http://{public}\"")), "{said}");
    assert!(!said.contains("public_url"), "one address is said once: {said}");
    assert!(said.contains("Access key id:     AKIA") && said.contains("Secret access key: "), "{said}");
    assert!(http(operator, "GET /readyz", "").starts_with("HTTP/1.1 200"));
    assert!(http(operator, "GET /healthz", "").ends_with("ok\n"));
    assert!(http(operator, "GET /metrics", "").contains("cognate_requests_total"));
    assert!(http(public, "GET /metrics", "").starts_with("HTTP/1.1 404"), "figures are for the operator");
    assert!(http(public, "GET /_cognate/inbox", "").starts_with("HTTP/1.1 404"), "there is no inbox in a deployment");
    let mode = std::fs::metadata(place.0.join("c.keyring")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(server.stop(), "SIGTERM ends it well");
    let again = Running::start(&arguments, &place.0);
    assert!(!again.wait_for("cognate is serving").contains("Secret access key"));
    assert!(again.stop());
}

#[test]
fn every_figure_the_operator_can_read_is_explained_and_nothing_else_is() {
    let place = Workplace::new("figures");
    let (public, operator) = (free_address(), free_address());
    let config = place.configuration(public, operator, "");
    let server = Running::start(&["serve", "--config", config.to_str().unwrap()], &place.0);
    server.wait_for("cognate is serving");
    http(operator, "GET /healthz", "");
    let page = http(operator, "GET /metrics", "");
    assert!(server.stop());
    let lines = |word: &str| -> Vec<String> {
        page.lines()
            .filter_map(|line| line.strip_prefix(word))
            .map(|line| line.trim_end_matches('.').to_owned())
            .collect()
    };
    let told = lines("# HELP ").into_iter().zip(lines("# TYPE ")).map(|(help, kind)| {
        let (name, help) = help.split_once(' ').unwrap();
        let kind = kind.strip_prefix(name).unwrap().trim().to_owned();
        let ending = if kind == "counter" { "_total" } else { "" };
        format!("| `{name}{ending}` | {kind} | {help} |")
    });
    let mut told: Vec<String> = told.collect();
    let explained = include_str!("../../../../docs/operating/metrics.md");
    // The unit's column is for people: the names end with theirs.
    let mut explained: Vec<String> = explained
        .lines()
        .filter(|line| line.starts_with("| `cognate_"))
        .map(|line| {
            let columns: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            format!("| {} | {} | {} |", columns[0], columns[1], columns[3])
        })
        .collect();
    told.sort();
    explained.sort();
    assert_eq!(explained, told);
}

#[test]
fn administration_can_be_moved_to_the_operators_listener() {
    let place = Workplace::new("moved");
    let (public, operator) = (free_address(), free_address());
    let more = "public_admin_api = false\npublic_url = \"https://id.example.com\"\n";
    let config = place.configuration(public, operator, more);
    let arguments = ["serve", "--config", config.to_str().unwrap()];
    let server = Running::start(&arguments, &place.0);
    let said = server.wait_for("cognate is serving");
    assert!(said.contains(&format!("listening=\"http://{public}\"")), "{said}");
    assert!(said.contains("public_url=\"https://id.example.com\""), "{said}");
    let word = |before: &str| said.split_once(before).unwrap().1.split_whitespace().next().unwrap().to_owned();
    let key = Credentials {
        access_key_id: word("Access key id:"),
        secret: Secret::new(word("Secret access key:")),
        token: None,
    };
    let refused = call(public, "ListUserPools", Some(&key), r#"{"MaxResults":1}"#);
    assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("AccessDeniedException"), "{refused}");
    let answered = call(operator, "ListUserPools", Some(&key), r#"{"MaxResults":1}"#);
    assert!(answered.starts_with("HTTP/1.1 200") && answered.contains(r#""UserPools":[]"#), "{answered}");
    let unsigned = call(operator, "ListUserPools", None, r#"{"MaxResults":1}"#);
    assert!(
        unsigned.contains("MissingAuthenticationTokenException"),
        "the other listener asks for proof too: {unsigned}"
    );
    let token = call(public, "GetUser", None, r#"{"AccessToken":"x"}"#);
    assert!(token.contains("NotAuthorizedException"), "people are served where they were: {token}");
    assert!(server.stop());

    let closed = place.configuration(public, operator, "public_admin_api = false\n");
    let text_of = std::fs::read_to_string(&closed)
        .unwrap()
        .replace(&format!("listen.operator = \"{operator}\""), "listen.operator = \"off\"");
    std::fs::write(&closed, text_of).unwrap();
    let said = text(&run(&arguments, &place.0));
    assert!(said.contains("listen.operator must not be off"), "{said}");
}

#[test]
fn where_administration_is_public_the_operators_listener_has_none() {
    let place = Workplace::new("unmoved");
    let (public, operator) = (free_address(), free_address());
    let config = place.configuration(public, operator, "");
    let server = Running::start(&["serve", "--config", config.to_str().unwrap()], &place.0);
    server.wait_for("cognate is serving");
    assert!(call(operator, "ListUserPools", None, "{}").starts_with("HTTP/1.1 404"));
    assert!(call(public, "ListUserPools", None, "{}").contains("MissingAuthenticationTokenException"));
    assert!(server.stop());
}

/// A call of an operation, signed by a key.
fn call(address: SocketAddr, operation: &str, key: Option<&Credentials>, body: &str) -> String {
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    let mut head = format!("POST / HTTP/1.1\r\nX-Amz-Target: {target}");
    if let Some(key) = key {
        let signing =
            Signing { region: "eu-west-1", service: "cognito-idp", time: SystemClock.now(), rules: Rules::JSON };
        let (host, date) = (address.to_string(), signing.timestamp());
        let headers = [("host", host.as_bytes()), ("x-amz-date", date.as_bytes()), ("x-amz-target", target.as_bytes())];
        let parts = RequestParts { method: "POST", path: "/", query: "", headers: &headers };
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, body.as_bytes()).as_ref());
        let authorization = sign(&parts, key, &signing, Payload::Sha256(&hash));
        head.push_str(&format!("\r\nX-Amz-Date: {date}\r\nAuthorization: {authorization}"));
    }
    // `http` ends the first line of what it is given, so the version it adds becomes part of a header nobody reads.
    http(address, &format!("{head}\r\nX-Ignored:"), body)
}

/// The same for a form of IAM or STS.
fn form(address: SocketAddr, service: &str, key: &Credentials, body: &str) -> String {
    let signing = Signing { region: "eu-west-1", service, time: SystemClock.now(), rules: Rules::QUERY };
    let (host, date) = (address.to_string(), signing.timestamp());
    let mut headers = vec![("host", host.as_bytes()), ("x-amz-date", date.as_bytes())];
    headers.extend(key.token.as_ref().map(|token| ("x-amz-security-token", token.reveal().as_bytes())));
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, body.as_bytes()).as_ref());
    let parts = RequestParts { method: "POST", path: "/", query: "", headers: &headers };
    let authorization = sign(&parts, key, &signing, Payload::Sha256(&hash));
    let mut head = format!("POST / HTTP/1.1\r\nX-Amz-Date: {date}\r\nAuthorization: {authorization}");
    if let Some(token) = &key.token {
        head.push_str(&format!("\r\nX-Amz-Security-Token: {}", token.reveal()));
    }
    http(address, &format!("{head}\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Ignored:"), body)
}

/// The credentials in an answer of IAM or STS.
fn credentials(answer: &str) -> Credentials {
    let text = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<{name}>"))?;
        Some(rest.split_once("</")?.0.to_owned())
    };
    Credentials {
        access_key_id: text("AccessKeyId").unwrap_or_else(|| panic!("credentials were expected: {answer}")),
        secret: Secret::new(text("SecretAccessKey").unwrap()),
        token: text("SessionToken").map(Secret::new),
    }
}

#[test]
fn cr_29_sessions_are_ended_by_hand_while_the_server_runs() {
    let place = Workplace::new("sessions");
    let (public, operator) = (free_address(), free_address());
    let config = place.configuration(public, operator, "");
    let config = config.to_str().unwrap();
    let server = Running::start(&["serve", "--config", config], &place.0);
    let said = server.wait_for("cognate is serving");
    let word = |before: &str| said.split_once(before).unwrap().1.split_whitespace().next().unwrap().to_owned();
    let root = Credentials {
        access_key_id: word("Access key id:"),
        secret: Secret::new(word("Secret access key:")),
        token: None,
    };
    let made = form(public, "iam", &root, "Action=CreateUser&Version=2010-05-08&UserName=ana");
    assert!(made.starts_with("HTTP/1.1 200"), "{made}");
    let ana = credentials(&form(public, "iam", &root, "Action=CreateAccessKey&Version=2010-05-08&UserName=ana"));
    let session = credentials(&form(public, "sts", &ana, "Action=GetSessionToken&Version=2011-06-15"));
    let who = || form(public, "sts", &session, "Action=GetCallerIdentity&Version=2011-06-15");
    assert!(who().contains(":user/ana"), "{}", who());
    let revoke = |arguments: &[&str]| {
        let output = run(&[&["revoke-sessions", "--config", config], arguments].concat(), &place.0);
        (output.status.success(), text(&output))
    };
    let (ok, said) = revoke(&["--user", "ana"]);
    assert!(ok && said.contains("WARN") && said.contains("Sessions of user ana"), "a line in the log too: {said}");
    let ended = (0..40).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        who().contains("<Code>ExpiredToken</Code>")
    });
    assert!(ended, "within two seconds: {}", who());
    let key = form(public, "sts", &ana, "Action=GetCallerIdentity&Version=2011-06-15");
    assert!(key.contains(":user/ana"), "the key still signs: {key}");
    for (arguments, told) in [
        (&["--user", "nobody"][..], "there is no user nobody"),
        (&["--role", "ana"], "there is no role ana"),
        (&[], "--role"),
        (&["--role", "a", "--user", "b"], "cannot be used with"),
    ] {
        let (ok, said) = revoke(arguments);
        assert!(!ok && said.contains(told), "{said}");
    }
    assert!(server.stop());
}

#[test]
fn keys_are_made_listed_and_ended_by_hand() {
    let place = Workplace::new("keys");
    let config = place.configuration(free_address(), free_address(), "log.level = \"error\"");
    let config = config.to_str().unwrap();
    let keys = |arguments: &[&str]| {
        let output = run(&[&["keys", "--config", config], arguments].concat(), &place.0);
        (output.status.success(), text(&output))
    };
    let (ok, said) = keys(&["list"]);
    assert!(!ok && said.contains("run `cognate migrate`"), "an empty database is not laid out in passing: {said}");
    let server = Running::start(&["serve", "--config", config], &place.0);
    server.wait_for("Secret access key");
    let (ok, made) = keys(&["create", "--label", "laptop"]);
    assert!(ok, "{made}");
    let id = made.split_whitespace().find(|word| word.starts_with("AKIA")).unwrap().to_owned();
    assert!(
        keys(&["list"]).1.lines().any(|line| line.contains(&id) && line.contains("active") && line.ends_with("laptop"))
    );
    assert!(keys(&["end", &id]).0);
    assert!(keys(&["list"]).1.lines().any(|line| line.contains(&id) && line.contains("ended")));
    let (ok, said) = keys(&["end", &id]);
    assert!(!ok && said.contains("no active key"), "{said}");
}

#[test]
fn the_master_key_is_changed_step_by_step_and_each_step_stands_in_the_log() {
    let place = Workplace::new("master");
    let config = place.configuration(free_address(), free_address(), "");
    let config = config.to_str().unwrap();
    let served = || {
        let server = Running::start(&["serve", "--config", config], &place.0);
        server.wait_for("cognate is serving");
        assert!(server.stop());
    };
    let master = |step: &str| {
        let output = run(&["keys", "--config", config, "master", step], &place.0);
        (output.status.success(), text(&output))
    };
    served();
    let (ok, said) = master("activate");
    assert!(!ok && said.contains("`add` one first"), "{said}");
    for (step, told, logged) in [
        ("add", "opens from now on", "a master key was added"),
        ("activate", "seals from now on", "a master key was activated"),
        ("reseal", "sealed values were under an older key", "sealed values were sealed anew"),
        ("retire", "Only the active key is left", "older master keys were retired"),
    ] {
        let (ok, said) = master(step);
        assert!(ok && said.contains(told) && said.contains(logged), "{step}: {said}");
        served();
    }
}

#[test]
fn a_database_without_its_keyring_is_not_served() {
    let place = Workplace::new("keyring");
    let config = place.configuration(free_address(), free_address(), "");
    let arguments = ["serve", "--config", config.to_str().unwrap()];
    let server = Running::start(&arguments, &place.0);
    server.wait_for("cognate is serving");
    assert!(server.stop());
    std::fs::remove_file(place.0.join("c.keyring")).unwrap();
    let said = text(&run(&arguments, &place.0));
    assert!(said.contains("put back the one this database was sealed with"), "{said}");
    assert!(!place.0.join("c.keyring").exists(), "no second keyring was made");
}

#[test]
fn a_misspelt_key_is_refused_with_the_one_that_was_meant() {
    let place = Workplace::new("misspelt");
    let config = place.configuration(free_address(), free_address(), "databse.url = \"sqlite:x\"");
    let output = run(&["serve", "--config", config.to_str().unwrap()], &place.0);
    assert!(!output.status.success());
    assert!(
        text(&output).contains("there is no key \"databse.url\"; did you mean \"database.url\"?"),
        "{}",
        text(&output)
    );
}

#[test]
fn migrate_lays_out_an_empty_database_and_says_so() {
    let place = Workplace::new("migrate");
    let config = place.configuration(free_address(), free_address(), "");
    let arguments = ["migrate", "--config", config.to_str().unwrap()];
    assert!(text(&run(&arguments, &place.0)).contains("current now"));
    assert!(text(&run(&arguments, &place.0)).contains("nothing was changed"));
}

#[test]
fn the_doctor_names_each_trouble_and_its_remedy() {
    let place = Workplace::new("doctor");
    let (closed, more) = (free_address(), "listen.public = \"0.0.0.0:1\"\n");
    let relay = format!("smtp.host = \"127.0.0.1\"\nsmtp.port = {}\nsmtp.security = \"none\"\n", closed.port());
    let keyring = place.file("c.keyring", "not a keyring");
    std::fs::set_permissions(&keyring, std::fs::Permissions::from_mode(0o644)).unwrap();
    let here = place.0.display();
    let base = format!("database.url = \"sqlite:{here}/c.db\"\nkeyring.source = \"file:{here}/c.keyring\"\n");
    let config = place.file("bad.toml", &format!("{base}{more}{relay}"));
    let output = run(&["doctor", "--config", config.to_str().unwrap()], &place.0);
    let said = text(&output);
    assert!(!output.status.success());
    for trouble in
        ["BAD    keyring:", "chmod 600", "BAD    mail: 127.0.0.1:", "BAD    public URL: not set", "-> set public_url"]
    {
        assert!(said.contains(trouble), "{trouble} is missing in:\n{said}");
    }
    for finding in ["database:", "clock:", "disk:", "certificate:", "sms: no gateway is configured", "set sms.url"] {
        assert!(said.contains(finding), "{finding} is missing in:\n{said}");
    }
}

/// RL-12: no more connections are taken than the process may have open, or the database would find no descriptor left.
#[test]
fn rl_12_connections_are_no_more_than_the_process_may_have_open() {
    let place = Workplace::new("descriptors");
    let (public, operator) = (free_address(), free_address());
    let config = place.configuration(public, operator, "");
    let doctor = |files: u32| text(&run_with_files(files, &["doctor", "--config", config.to_str().unwrap()], &place.0));
    let few = doctor(160);
    assert!(
        few.contains("check  connections: 160 open files have room for 40") && few.contains("LimitNOFILE"),
        "{few}"
    );
    let server = Running::start_with_files(160, &["serve", "--config", config.to_str().unwrap()], &place.0);
    let said = server.wait_for("cognate is serving");
    assert!(said.contains("connections_max=40") && said.contains("open_files=160"), "{said}");
    let held: Vec<_> = (0..150).filter_map(|_| std::net::TcpStream::connect(public).ok()).collect();
    assert!(http(operator, "GET /readyz", "").starts_with("HTTP/1.1 200"), "the database still opens its files");
    assert!(!server.said().contains("could not be accepted"), "{}", server.said());
    drop(held);
    assert!(http(public, "GET /metrics", "").starts_with("HTTP/1.1 404"), "and is served again");
    assert!(server.stop());
}

#[test]
fn the_doctor_knocks_at_the_gateway_and_names_the_key_that_lets_it_in() {
    let place = Workplace::new("doctor-sms");
    let gateway = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("sms.url = \"http://{}/send\"\n", gateway.local_addr().unwrap());
    let said = |more: &str| {
        let config = place.configuration(free_address(), free_address(), &format!("{url}{more}"));
        text(&run(&["doctor", "--config", config.to_str().unwrap()], &place.0))
    };
    let closed = said("");
    assert!(closed.contains("BAD    sms: 127.0.0.1 is not on the public Internet"), "{closed}");
    assert!(closed.contains("sms.allowed_networks"), "{closed}");
    let open = said("sms.allowed_networks = \"127.0.0.0/8\"\n");
    assert!(open.contains("ok     sms: the gateway may be reached"), "{open}");
    let body = said("sms.body = \"to={to}\"\n");
    assert!(body.contains("BAD    sms: SMS gateway: the body is not JSON"), "{body}");
}

#[test]
fn serve_says_which_messages_will_not_leave_and_what_to_set() {
    let place = Workplace::new("no-ways");
    let (public, operator) = (free_address(), free_address());
    let config = place.configuration(public, operator, "sms.url = \"https://sms.example.com/\"\n");
    let server = Running::start(&["serve", "--config", config.to_str().unwrap()], &place.0);
    let said = server.wait_for("cognate is serving");
    assert!(said.contains("no mail relay is configured") && said.contains("set smtp.host"), "{said}");
    assert!(!said.contains("no SMS gateway is configured"), "{said}");
    assert!(server.stop());
}

#[test]
fn config_explains_every_key_as_a_file_that_can_be_used() {
    let place = Workplace::new("config");
    let output = run(&["config"], &place.0);
    let file = place.file("all.toml", &String::from_utf8(output.stdout).unwrap());
    let said = text(&run(&["doctor", "--config", file.to_str().unwrap()], &place.0));
    assert!(said.contains("database: reachable and empty"), "{said}");
}

#[test]
fn tk_24_signing_keys_are_rotated_and_withdrawn_by_hand_while_the_server_runs() {
    let place = Workplace::new("signing");
    let public = free_address();
    let server = Running::start(&["dev", "--listen", &public.to_string(), "--data", "."], &place.0);
    let said = server.wait_for("print(idp.get_user");
    let pool = said.split("pool    ").nth(1).unwrap().split_whitespace().next().unwrap();
    let here = place.0.display();
    let config =
        format!("database.url = \"sqlite:{here}/cognate.db\"\nkeyring.source = \"file:{here}/cognate.keyring\"\n");
    let config = place.file("keys.toml", &config);
    let keys = |arguments: &[&str]| {
        let output = run(&[&["keys", "--config", config.to_str().unwrap()], arguments].concat(), &place.0);
        (output.status.success(), text(&output))
    };
    let kids = || -> Vec<String> {
        let set = http(public, &format!("GET /{pool}/.well-known/jwks.json"), "");
        set.split("\"kid\":\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let until = |done: &dyn Fn() -> bool| {
        (0..100).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            done()
        })
    };
    let before = kids();
    assert_eq!(before.len(), 2);
    let (ok, said) = keys(&["rotate-signing", pool]);
    assert!(ok && said.contains("WARN") && said.contains("Published "), "a line in the log, and an answer: {said}");
    assert!(until(&|| kids().len() == 4), "the running server publishes them: {:?}", kids());
    let (ok, said) = keys(&["rotate-signing", pool]);
    assert!(!ok && said.contains("under way"), "{said}");
    let (ok, said) = keys(&["revoke-signing", pool, &before[0]]);
    assert!(ok && said.contains("WARN") && said.contains("is withdrawn"), "{said}");
    assert!(until(&|| !kids().contains(&before[0])), "the running server forgets it: {:?}", kids());
    for (arguments, told) in [
        (&["revoke-signing", pool, &before[0]][..], "has no key"),
        (&["rotate-signing", "us-east-1_Nowhere01"][..], "no such pool"),
        (&["rotate-signing", "nonsense"][..], "no pool id"),
        (&["revoke-signing", "identity-pools", &before[0]][..], "has no key"),
    ] {
        let (ok, said) = keys(arguments);
        assert!(!ok && said.contains(told), "{said}");
    }
    // Identity pools have theirs together, published at the root.
    let (ok, said) = keys(&["rotate-signing", "identity-pools"]);
    assert!(ok && said.contains("Published "), "{said}");
    let root = || http(public, "GET /.well-known/jwks_uri", "");
    assert!(until(&|| root().contains("\"alg\":\"RS512\"")), "{}", root());
    assert!(server.stop());
}
