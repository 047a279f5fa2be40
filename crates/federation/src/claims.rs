//! What an ID token says, and whether it says it to us and now. Pure.

use crate::ForeignTokenError;
use kernel::Time;
use model::Claims;
use serde_json::{Number, Value};
use std::time::Duration;

/// How far the issuer's clock may be off (identity-pools.md 4.2).
pub(crate) const SKEW: Duration = Duration::from_secs(300);

/// Reads the claims of a token whose signature was verified.
pub(crate) fn read(payload: &[u8]) -> Result<Claims, ForeignTokenError> {
    serde_json::from_slice(payload).map_err(|_| ForeignTokenError::NotAToken)
}

/// A claim that is a text and not empty.
pub(crate) fn text<'c>(claims: &'c Claims, name: &'static str) -> Result<&'c str, ForeignTokenError> {
    let value = claims.get(name).ok_or(ForeignTokenError::MissingClaim(name))?;
    value.as_str().filter(|text| !text.is_empty()).ok_or(ForeignTokenError::NotAToken)
}

/// Good now: not expired, and not made for or in the future.
pub(crate) fn check_times(claims: &Claims, now: Time) -> Result<(), ForeignTokenError> {
    let expired_secs = moment(claims, "exp")?.ok_or(ForeignTokenError::MissingClaim("exp"))?;
    if Time::from_secs(expired_secs) + SKEW <= now {
        return Err(ForeignTokenError::Expired { now_secs: now.secs(), expired_secs });
    }
    for name in ["nbf", "iat"] {
        if moment(claims, name)?.is_some_and(|from| now + SKEW < Time::from_secs(from)) {
            return Err(ForeignTokenError::NotYet);
        }
    }
    Ok(())
}

/// For whom the token was made: the authorized party where it names one, else its audience. It must be one of the
/// clients that the provider knows (identity-pools.md 4.2).
pub(crate) fn audience(claims: &Claims, client_ids: &[impl AsRef<str>]) -> Result<String, ForeignTokenError> {
    let known = |id: &str| client_ids.iter().any(|client| client.as_ref() == id);
    let wrong = ForeignTokenError::WrongAudience;
    let audiences = match claims.get("aud") {
        None => return Err(ForeignTokenError::MissingClaim("aud")),
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => {
            many.iter().map(Value::as_str).collect::<Option<Vec<&str>>>().ok_or(ForeignTokenError::NotAToken)?
        }
        Some(_) => return Err(ForeignTokenError::NotAToken),
    };
    match claims.get("azp") {
        Some(Value::String(party)) => {
            if known(party) {
                Ok(party.clone())
            } else {
                Err(wrong)
            }
        }
        Some(_) => Err(ForeignTokenError::NotAToken),
        None => audiences.into_iter().find(|id| known(id)).map(str::to_owned).ok_or(wrong),
    }
}

/// A NumericDate (RFC 7519 2), which may have a fraction.
fn moment(claims: &Claims, name: &'static str) -> Result<Option<i64>, ForeignTokenError> {
    let of_text = |number: &Number| number.to_string().split('.').next().and_then(|digits| digits.parse().ok());
    let whole = |number: &Number| number.as_i64().or_else(|| of_text(number));
    match claims.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => whole(number).map(Some).ok_or(ForeignTokenError::NotAToken),
        Some(_) => Err(ForeignTokenError::NotAToken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Time = Time::from_secs(1_000_000);

    fn of(value: Value) -> Claims {
        value.as_object().unwrap().clone().into_iter().collect()
    }

    fn timed(value: Value) -> Result<(), ForeignTokenError> {
        check_times(&of(value), NOW)
    }

    #[test]
    fn cr_21_a_token_is_good_until_five_minutes_after_its_end() {
        assert!(timed(json!({"exp": 1_000_001})).is_ok());
        assert!(timed(json!({"exp": 999_701})).is_ok());
        assert!(timed(json!({"exp": 999_701.5})).is_ok());
        let late = timed(json!({"exp": 999_700})).unwrap_err();
        assert!(matches!(late, ForeignTokenError::Expired { now_secs: 1_000_000, expired_secs: 999_700 }));
        assert!(matches!(timed(json!({})), Err(ForeignTokenError::MissingClaim("exp"))));
        for strange in [json!("1000001"), json!(null), json!(true), json!([1_000_001]), json!(1e300)] {
            assert!(matches!(timed(json!({"exp": strange})), Err(ForeignTokenError::NotAToken)), "{strange}");
        }
    }

    #[test]
    fn a_token_of_the_future_is_not_good_yet() {
        for name in ["nbf", "iat"] {
            assert!(timed(json!({"exp": 2_000_000, name: 1_000_300})).is_ok());
            let early = timed(json!({"exp": 2_000_000, name: 1_000_301}));
            assert!(matches!(early, Err(ForeignTokenError::NotYet)), "{name}");
            assert!(timed(json!({"exp": 2_000_000, name: "x"})).is_err());
        }
        assert!(timed(json!({"exp": i64::MAX, "iat": i64::MIN})).is_ok());
    }

    fn meant_for(value: Value) -> Result<String, ForeignTokenError> {
        audience(&of(value), &["ours".to_owned(), "ours too".to_owned()])
    }

    #[test]
    fn st_15_a_token_made_for_somebody_else_is_refused_whichever_claim_says_so() {
        assert_eq!(meant_for(json!({"aud": "ours"})).unwrap(), "ours");
        assert_eq!(meant_for(json!({"aud": ["theirs", "ours too"]})).unwrap(), "ours too");
        assert_eq!(meant_for(json!({"aud": "theirs", "azp": "ours"})).unwrap(), "ours");
        for wrong in [
            json!({"aud": "theirs"}),
            json!({"aud": ["theirs"]}),
            json!({"aud": []}),
            json!({"aud": ""}),
            json!({"aud": "ours", "azp": "theirs"}),
            json!({"aud": "Ours"}),
            json!({"aud": "ours "}),
        ] {
            assert!(matches!(meant_for(wrong.clone()), Err(ForeignTokenError::WrongAudience)), "{wrong}");
        }
        assert!(matches!(meant_for(json!({"azp": "ours"})), Err(ForeignTokenError::MissingClaim("aud"))));
        for strange in [json!({"aud": 7}), json!({"aud": ["ours", 7]}), json!({"aud": "ours", "azp": ["ours"]})] {
            assert!(matches!(meant_for(strange.clone()), Err(ForeignTokenError::NotAToken)), "{strange}");
        }
        assert!(matches!(audience(&of(json!({"aud": "x"})), &[] as &[String]), Err(ForeignTokenError::WrongAudience)));
    }
}
