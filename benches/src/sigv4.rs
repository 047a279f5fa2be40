//! Signs a request as an SDK does (AWS Signature Version 4, header form). Our own second writing of it: the server's
//! check must not agree with itself.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, Tag, sign};
use data_encoding::HEXLOWER;
use kernel::Time;
use time::OffsetDateTime;
use time::macros::format_description;

/// An access key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccessKey {
    /// `AKIA…`.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// `POST /` before it is signed.
pub struct Unsigned<'a> {
    /// The service in the signature's scope.
    pub service: &'a str,
    /// The region in it.
    pub region: &'a str,
    /// `Host`.
    pub host: &'a str,
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `X-Amz-Target`, for the services that want one.
    pub target: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// The headers of a signed request.
pub struct Signed {
    /// `X-Amz-Date`.
    pub date: String,
    /// `Authorization`.
    pub authorization: String,
}

/// Signs a request.
#[must_use]
pub fn sign_post(key: &AccessKey, request: &Unsigned<'_>, now: Time) -> Signed {
    let Unsigned { service, region, host, content_type, target, body } = request;
    let moment = OffsetDateTime::from_unix_timestamp(now.secs()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let date = moment.format(format_description!("[year][month][day]T[hour][minute][second]Z")).unwrap_or_default();
    let day = date.split('T').next().unwrap_or_default();
    let payload = HEXLOWER.encode(digest(&SHA256, body).as_ref());
    let (target, names) = match target {
        Some(target) => (format!("x-amz-target:{target}\n"), "content-type;host;x-amz-date;x-amz-target"),
        None => (String::new(), "content-type;host;x-amz-date"),
    };
    let canonical =
        format!("POST\n/\n\ncontent-type:{content_type}\nhost:{host}\nx-amz-date:{date}\n{target}\n{names}\n{payload}");
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let canonical = HEXLOWER.encode(digest(&SHA256, canonical.as_bytes()).as_ref());
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{canonical}");
    let mut derived = hmac(format!("AWS4{}", key.secret).as_bytes(), day);
    for part in [region, service, &"aws4_request"] {
        derived = hmac(derived.as_ref(), part);
    }
    let signature = HEXLOWER.encode(hmac(derived.as_ref(), &text).as_ref());
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", key.id);
    Signed { date, authorization }
}

fn hmac(key: &[u8], text: &str) -> Tag {
    sign(&Key::new(HMAC_SHA256, key), text.as_bytes())
}
