//! A client's OAuth settings: stored for the authorization server, checked now (oauth-oidc.md 12, user-pools.md 8.1).

use contract::Fault;
use contract::cognito_idp::fault;
use contract::cognito_idp::types::{OAuthFlowType, UserPoolClientType};
use model::Pool;

/// Scopes that need no resource server.
const STANDARD_SCOPES: [&str; 5] = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/// Refuses OAuth settings that contradict themselves or name what the pool does not have.
pub fn check(pool: &Pool, settings: &UserPoolClientType, confidential: bool) -> Result<(), Fault> {
    let flows = settings.allowed_oauth_flows.as_deref().unwrap_or_default();
    if flows.contains(&OAuthFlowType::ClientCredentials) {
        if flows.len() > 1 {
            return Err(fault::invalid_oauth_flow(
                "client_credentials flow can not be selected along with code flow or implicit flow.",
            ));
        }
        if !confidential {
            return Err(fault::invalid_oauth_flow(
                "client_credentials flow can not be selected if client does not have a client secret.",
            ));
        }
    }
    for scope in settings.allowed_oauth_scopes.as_deref().unwrap_or_default() {
        // Resource servers come with the authorization server; until then no other scope exists.
        if !STANDARD_SCOPES.contains(&scope.as_str()) {
            return Err(fault::scope_does_not_exist(format!("Invalid scope requested: {scope}")));
        }
    }
    for provider in settings.supported_identity_providers.as_deref().unwrap_or_default() {
        if provider != "COGNITO" {
            return Err(fault::invalid_parameter(format!(
                "The provider {provider} does not exist for User Pool {}.",
                pool.id
            )));
        }
    }
    let callbacks = settings.callback_urls.as_deref().unwrap_or_default();
    let logouts = settings.logout_urls.as_deref().unwrap_or_default();
    if let Some(bad) = callbacks.iter().chain(logouts).find(|url| !is_redirect(url)) {
        return Err(fault::invalid_parameter(format!("{bad} is not a valid redirect URI.")));
    }
    match &settings.default_redirect_uri {
        Some(default) if !callbacks.contains(default) => {
            Err(fault::invalid_parameter("The default redirect URI must be one of the callback URLs."))
        }
        _ => Ok(()),
    }
}

/// Absolute, without fragment or user info; https, plain http on loopback names only, or an app's own scheme.
fn is_redirect(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !scheme_ok || text.contains(['#', ' ', '\\', '<', '>', '"']) || text.chars().any(char::is_control) {
        return false;
    }
    let authority = rest.strip_prefix("//").map(|r| r.split(['/', '?']).next().unwrap_or_default());
    match (scheme.to_ascii_lowercase().as_str(), authority) {
        ("javascript" | "data" | "file" | "vbscript" | "about" | "blob", _) => false,
        ("https", Some(host)) => !host.is_empty() && !host.contains(['@', '*']),
        ("http", Some(host)) => is_loopback(host),
        ("http" | "https", None) => false,
        (_, _) => !rest.is_empty(),
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    !authority.contains('@') && matches!(host, "localhost" | "127.0.0.1" | "::1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_27_redirects_are_https_or_loopback_or_an_apps_own_scheme() {
        for good in [
            "https://app.example.com/cb",
            "http://localhost:3000/",
            "http://[::1]/x",
            "http://127.0.0.1",
            "myapp://cb",
            "com.example.app:/cb",
        ] {
            assert!(is_redirect(good), "{good}");
        }
        for bad in [
            "http://app.example.com",
            "https://",
            "https://u@h/",
            "https://*.example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://a/#f",
            "/cb",
            "http:localhost",
            "http://localhost@evil.example/",
            "https://a b/",
            "1http://x",
        ] {
            assert!(!is_redirect(bad), "{bad}");
        }
    }
}
