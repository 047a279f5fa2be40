//! `serve`, `keys`, `migrate`, `doctor`: the life of a deployment.

use crate::running::{Running, Workplace, free_address, http, run, text};
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_first_start_shows_a_root_key_once_and_later_ones_do_not() {
    let place = Workplace::new("first");
    let (public, operator) = (free_address(), free_address());
    let config = place.configuration(public, operator, "");
    let arguments = ["serve", "--config", config.to_str().unwrap()];
    let server = Running::start(&arguments, &place.0);
    let said = server.wait_for("cognate is serving");
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
