//! The vectors of credentials-and-iam.md 5, and what must not pass.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crypto::sigv4::{
    Check, Credentials, Family, KeyCache, Payload, RequestParts, Rules, SigError, Signing, chunk, parse, presign, sign,
};
use kernel::{Secret, Time};
use std::time::Duration;

const EMPTY: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];
/// 2015-08-30T12:36:00Z, the moment of the public test suite.
const SUITE_TIME: Time = Time::from_secs(1_440_938_160);
/// 2013-05-24T00:00:00Z, the moment of the public S3 examples.
const S3_TIME: Time = Time::from_secs(1_369_353_600);

fn suite() -> Credentials {
    Credentials {
        access_key_id: "AKIDEXAMPLE".into(),
        secret: Secret::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        token: None,
    }
}

fn s3() -> Credentials {
    Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret: Secret::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        token: None,
    }
}

fn suite_signing(rules: Rules) -> Signing<'static> {
    Signing { region: "us-east-1", service: "service", time: SUITE_TIME, rules }
}

const S3_SIGNING: Signing<'static> = Signing { region: "us-east-1", service: "s3", time: S3_TIME, rules: Rules::S3 };

fn sha256(data: &[u8]) -> [u8; 32] {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, data).as_ref().try_into().unwrap()
}

/// A signed request as our services get it.
#[derive(Clone)]
struct Signed {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Signed {
    fn new(rules: Rules) -> Self {
        let headers = vec![
            ("Host".to_owned(), b"localhost:9229".to_vec()),
            ("X-Amz-Date".to_owned(), suite_signing(rules).timestamp().into_bytes()),
            ("X-Amz-Target".to_owned(), b"AWSCognitoIdentityProviderService.ListUserPools".to_vec()),
        ];
        let body = br#"{"MaxResults":10}"#.to_vec();
        let mut request = Self { method: "POST", path: "/a%3Ab/c".into(), query: "k=v&a=%20".into(), headers, body };
        let hash = sha256(&request.body);
        let authorization = request.with(|parts| sign(parts, &suite(), &suite_signing(rules), Payload::Sha256(&hash)));
        request.headers.push(("Authorization".to_owned(), authorization.into_bytes()));
        request
    }

    fn with<T>(&self, use_parts: impl FnOnce(&RequestParts<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_slice())).collect();
        use_parts(&RequestParts { method: self.method, path: &self.path, query: &self.query, headers: &headers })
    }

    fn check(&self, rules: Rules, now: Time) -> Result<(), SigError> {
        self.with(|parts| {
            let presented = parse(parts)?.ok_or(SigError::Missing)?;
            let check = Check { body_sha256: &sha256(&self.body), rules, now };
            presented.verify(&suite().secret, parts, &check, &KeyCache::new(10))
        })
    }

    fn header(&mut self, name: &str) -> &mut Vec<u8> {
        &mut self.headers.iter_mut().find(|(n, _)| n == name).unwrap().1
    }
}

fn signature_of(authorization: &str) -> &str {
    authorization.rsplit_once("Signature=").unwrap().1
}

#[test]
fn cr_01_get_vanilla() {
    let headers: &[(&str, &[u8])] = &[("Host", b"example.amazonaws.com"), ("X-Amz-Date", b"20150830T123600Z")];
    let parts = RequestParts { method: "GET", path: "/", query: "", headers };
    let signing = suite_signing(Rules::QUERY);
    let authorization = sign(&parts, &suite(), &signing, Payload::Sha256(&EMPTY));
    assert_eq!(signature_of(&authorization), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");

    let headers = [headers, &[("Authorization", authorization.as_bytes())]].concat();
    let parts = RequestParts { headers: &headers, ..parts };
    let presented = parse(&parts).unwrap().unwrap();
    assert_eq!(
        (presented.access_key_id(), presented.region(), presented.service()),
        ("AKIDEXAMPLE", "us-east-1", "service")
    );
    let check = Check { body_sha256: &EMPTY, rules: Rules::QUERY, now: SUITE_TIME };
    presented.verify(&suite().secret, &parts, &check, &KeyCache::new(10)).unwrap();
    let other = presented.verify(&s3().secret, &parts, &check, &KeyCache::new(10));
    assert_eq!(other.unwrap_err(), SigError::BadSignature);
}

#[test]
fn cr_01_presigned() {
    let headers: &[(&str, &[u8])] = &[("host", b"examplebucket.s3.amazonaws.com")];
    let parts = RequestParts { method: "GET", path: "/test.txt", query: "", headers };
    let query = presign(&parts, &s3(), &S3_SIGNING, 86_400);
    assert!(query.ends_with("&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));

    let parts = RequestParts { query: &query, ..parts };
    let presented = parse(&parts).unwrap().unwrap();
    assert!(presented.is_presigned());
    let verify = |now| {
        let check = Check { body_sha256: &EMPTY, rules: Rules::S3, now };
        presented.verify(&s3().secret, &parts, &check, &KeyCache::new(10))
    };
    verify(S3_TIME + Duration::from_secs(86_400)).unwrap();
    verify(S3_TIME - Duration::from_secs(900)).unwrap();
    assert!(matches!(verify(S3_TIME + Duration::from_secs(86_401)), Err(SigError::OutOfScope(_))));
    assert!(matches!(verify(S3_TIME - Duration::from_secs(901)), Err(SigError::OutOfScope(_))));
}

#[test]
fn cr_01_chunked_and_trailer() {
    let base: Vec<(&str, &[u8])> = vec![
        ("Host", b"s3.amazonaws.com"),
        ("Content-Encoding", b"aws-chunked"),
        ("Content-Length", b"66824"),
        ("X-Amz-Date", b"20130524T000000Z"),
        ("X-Amz-Decoded-Content-Length", b"66560"),
        ("X-Amz-Storage-Class", b"REDUCED_REDUNDANCY"),
    ];
    let head = |extra: &[(&'static str, &'static [u8])], payload: &'static str| {
        let headers = [base.as_slice(), extra, &[("X-Amz-Content-Sha256", payload.as_bytes())]].concat();
        let path = "/examplebucket/chunkObject.txt";
        let parts = RequestParts { method: "PUT", path, query: "", headers: &headers };
        let authorization = sign(&parts, &s3(), &S3_SIGNING, Payload::Named(payload));
        let headers = [headers.as_slice(), &[("Authorization", authorization.as_bytes())]].concat();
        let parts = RequestParts { headers: &headers, ..parts };
        let presented = parse(&parts).unwrap().unwrap();
        let check = Check { body_sha256: &[0; 32], rules: Rules::S3, now: S3_TIME };
        presented.verify(&s3().secret, &parts, &check, &KeyCache::new(10)).unwrap();
        (signature_of(&authorization).to_owned(), presented)
    };
    let (seed, presented) = head(&[], "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    assert_eq!(seed, "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
    let mut chain = chunk::Chain::behind(&presented, &s3().secret, &KeyCache::new(10));
    assert!(chain.accepts_chunk(&[b'a'; 65_536], "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"));
    assert!(chain.accepts_chunk(&[b'a'; 1024], "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"));
    assert!(chain.accepts_chunk(b"", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"));

    let trailer: &[(&'static str, &'static [u8])] = &[("X-Amz-Trailer", b"x-amz-checksum-crc32c")];
    let (seed, presented) = head(trailer, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");
    assert_eq!(seed, "31bb90dd24033e476da30f575dd255676ea7fd23869915612744ee1e3b4ce042");
    let mut chain = chunk::Chain::signing(&s3(), &S3_SIGNING, &seed);
    assert_eq!(chain.chunk(&[b'a'; 65_536]), "7236d8046abb89fc0656087a1d24ed60b7ed4802cce60e163d7e3c4fcbaad1c7");
    assert_eq!(chain.chunk(&[b'a'; 1024]), "aceb875d374479be31558e279f58f8d82caeb4d5c0601fd892c00f3e30a3e66f");
    assert_eq!(chain.chunk(b""), "691d922d2b314214c75d5b3980e66657f9ffebad3839bff55503c55bb33e9a58");
    let lines = b"x-amz-checksum-crc32c:sOO8/Q==\n";
    assert_eq!(chain.trailer(lines), "b931b4d338a3791876eaeb7bb19795b9a0b9871c7743022b115fb3addabd2c43");
    let mut chain = chunk::Chain::signing(&s3(), &S3_SIGNING, &seed);
    for data in [&[b'a'; 65_536][..], &[b'a'; 1024], b""] {
        chain.chunk(data);
    }
    assert!(chain.accepts_trailer(lines, "b931b4d338a3791876eaeb7bb19795b9a0b9871c7743022b115fb3addabd2c43"));
    assert!(!chain.accepts_trailer(lines, "b931b4d338a3791876eaeb7bb19795b9a0b9871c7743022b115fb3addabd2c43"), "again");
    assert_eq!(format!("{chain:?}"), r#"Chain { scope: "20130524/us-east-1/s3/aws4_request", .. }"#);
    let mut chain = chunk::Chain::behind(&presented, &s3().secret, &KeyCache::new(10));
    assert!(!chain.accepts_chunk(&[b'b'; 65_536], "7236d8046abb89fc0656087a1d24ed60b7ed4802cce60e163d7e3c4fcbaad1c7"));
}

#[test]
fn cr_03_a_path_is_signed_resolved_and_encoded_twice() {
    let mut request = Signed::new(Rules::JSON);
    assert_eq!(request.check(Rules::JSON, SUITE_TIME), Ok(()));
    for same in ["/a%3Ab//c", "/a%3Ab/./c", "/x/../a%3Ab/c"] {
        request.path = same.into();
        assert_eq!(request.check(Rules::JSON, SUITE_TIME), Ok(()), "{same}");
    }
    for other in ["/a:b/c", "/a%253Ab/c", "/a%3ab/c", "/a%3Ab/c/", "/"] {
        request.path = other.into();
        assert_eq!(request.check(Rules::JSON, SUITE_TIME), Err(SigError::BadSignature), "{other}");
    }
}

#[test]
fn cr_04_one_changed_byte_anywhere_is_a_bad_signature() {
    let good = Signed::new(Rules::JSON);
    assert_eq!(good.check(Rules::JSON, SUITE_TIME), Ok(()));
    let changes: [fn(&mut Signed); 8] = [
        |r| r.body[3] ^= 1,
        |r| r.body.push(b' '),
        |r| r.path.push('x'),
        |r| r.query = "k=w&a=%20".into(),
        |r| r.query.push_str("&b="),
        |r| r.method = "PUT",
        |r| r.header("Host")[0] ^= 1,
        |r| *r.header("X-Amz-Target") = b"AWSCognitoIdentityProviderService.DeleteUserPool".to_vec(),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut request = good.clone();
        change(&mut request);
        let error = request.check(Rules::JSON, SUITE_TIME).unwrap_err();
        assert_eq!(error, SigError::BadSignature, "change {number}");
        assert_eq!(error.code(Family::Json), "InvalidSignatureException");
        assert_eq!(error.code(Family::Query), "SignatureDoesNotMatch");
    }
    let mut signature = good.clone();
    *signature.header("Authorization").last_mut().unwrap() ^= 1;
    assert_eq!(signature.check(Rules::JSON, SUITE_TIME), Err(SigError::BadSignature));
}

#[test]
fn cr_04_a_wrong_content_hash_is_refused_although_it_is_signed() {
    for sent in
        ["UNSIGNED-PAYLOAD".to_owned(), "0".repeat(64), String::new(), "STREAMING-AWS4-HMAC-SHA256-PAYLOAD".into()]
    {
        let mut request = Signed::new(Rules::JSON);
        request.headers.pop();
        request.headers.push(("X-Amz-Content-Sha256".into(), sent.clone().into_bytes()));
        let authorization =
            request.with(|parts| sign(parts, &suite(), &suite_signing(Rules::JSON), Payload::Named(&sent)));
        request.headers.push(("Authorization".into(), authorization.into_bytes()));
        assert_eq!(request.check(Rules::JSON, SUITE_TIME), Err(SigError::BadSignature), "{sent}");
    }
}

#[test]
fn cr_04_where_a_body_may_go_unsigned_one_that_was_signed_must_still_be_the_one_that_came() {
    let sent = |payload: &str| {
        let mut request = Signed::new(Rules::S3);
        request.headers.pop();
        request.headers.push(("X-Amz-Content-Sha256".into(), payload.as_bytes().to_vec()));
        let authorization =
            request.with(|parts| sign(parts, &suite(), &suite_signing(Rules::S3), Payload::Named(payload)));
        request.headers.push(("Authorization".into(), authorization.into_bytes()));
        request.check(Rules::S3, SUITE_TIME)
    };
    let of_the_body = data_encoding::HEXLOWER.encode(&sha256(br#"{"MaxResults":10}"#));
    for good in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", &of_the_body] {
        assert_eq!(sent(good), Ok(()), "{good}");
    }
    for bad in [&"0".repeat(64), "", "UNSIGNED-PAYLOAD ", "unsigned-payload"] {
        assert_eq!(sent(bad), Err(SigError::BadSignature), "{bad}");
    }
}

#[test]
fn cr_05_clocks_may_be_five_minutes_off_for_json_and_fifteen_for_query() {
    let (json, query) = (Signed::new(Rules::JSON), Signed::new(Rules::QUERY));
    let minutes = |n: u64| Duration::from_secs(60 * n);
    for off in [0, 4, 5] {
        assert_eq!(json.check(Rules::JSON, SUITE_TIME + minutes(off)), Ok(()));
        assert_eq!(json.check(Rules::JSON, SUITE_TIME - minutes(off)), Ok(()));
    }
    let say = |result: Result<(), SigError>| result.unwrap_err().to_string();
    assert_eq!(
        say(json.check(Rules::JSON, SUITE_TIME + minutes(6))),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z (20150830T124200Z - 5 min.)"
    );
    assert_eq!(
        say(json.check(Rules::JSON, SUITE_TIME - minutes(6))),
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z (20150830T123000Z + 5 min.)"
    );
    assert_eq!(query.check(Rules::QUERY, SUITE_TIME + minutes(15)), Ok(()));
    assert_eq!(
        say(query.check(Rules::QUERY, SUITE_TIME + minutes(16))),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z (20150830T125200Z - 15 min.)"
    );
}

#[test]
fn what_names_receiver_and_operation_must_be_signed() {
    let unsigned = |name: &str| {
        let mut request = Signed::new(Rules::JSON);
        request.headers.retain(|(n, _)| n != name && n != "Authorization");
        let hash = sha256(&request.body);
        let authorization =
            request.with(|parts| sign(parts, &suite(), &suite_signing(Rules::JSON), Payload::Sha256(&hash)));
        request.headers.push(("Authorization".into(), authorization.into_bytes()));
        request.headers.push((name.to_owned(), b"added.Later".to_vec()));
        request.check(Rules::JSON, SUITE_TIME)
    };
    assert!(matches!(unsigned("Host"), Err(SigError::Incomplete(_))));
    assert!(matches!(unsigned("X-Amz-Target"), Err(SigError::Incomplete(_))));
}

#[test]
fn a_second_method_header_or_parameter_is_refused() {
    let good = Signed::new(Rules::JSON);
    let refused = |change: fn(&mut Signed)| {
        let mut request = good.clone();
        change(&mut request);
        matches!(request.check(Rules::JSON, SUITE_TIME), Err(SigError::Incomplete(_)))
    };
    assert!(refused(|r| r.query.push_str("&X-Amz-Signature=00")));
    assert!(refused(|r| r.query.push_str("&X-Amz%2DAlgorithm=AWS4-HMAC-SHA256")));
    assert!(refused(|r| r.headers.push(("authorization".into(), r.headers[3].1.clone()))));
    assert!(refused(|r| r.headers.push(("x-amz-date".into(), r.headers[1].1.clone()))));
    assert!(refused(|r| r.headers.retain(|(n, _)| n != "X-Amz-Date")));
}

#[test]
fn no_signature_is_none_and_a_broken_one_says_what_is_missing() {
    let parsed = |authorization: &str, query: &str| {
        let headers: &[(&str, &[u8])] =
            &[("authorization", authorization.as_bytes()), ("x-amz-date", b"20150830T123600Z")];
        parse(&RequestParts { method: "GET", path: "/", query, headers }).map(|found| found.is_some())
    };
    let sentence = |authorization: &str, query: &str| parsed(authorization, query).unwrap_err().to_string();
    for other in ["", "Bearer abc", "Basic YTpi", "AWS AKID:sig"] {
        assert_eq!(parsed(other, "a=b"), Ok(false));
    }
    let scope = "AKID/20150830/us-east-1/service/aws4_request";
    let digits = "0".repeat(64);
    assert_eq!(
        parsed(&format!("AWS4-HMAC-SHA256 Credential={scope},SignedHeaders=host,Signature={digits}"), ""),
        Ok(true)
    );
    assert_eq!(
        sentence(&format!("AWS4-HMAC-SHA256 SignedHeaders=host, Signature={digits}"), ""),
        "Authorization header requires 'Credential' parameter."
    );
    assert_eq!(
        sentence(&format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host"), ""),
        "Authorization header requires 'Signature' parameter."
    );
    assert!(sentence("AWS4-HMAC-SHA256 nonsense", "").contains("not a valid key=value pair"));
    assert!(sentence("AWS4-ECDSA-P256-SHA256 Credential=x", "").starts_with("Unsupported AWS 'algorithm'"));
    let with =
        |credential: &str| format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature={digits}");
    assert!(sentence(&with("AKID/20150830/us-east-1/service"), "").contains("exactly 5 slash-delimited"));
    assert_eq!(
        sentence(&with("AKID/20150831/us-east-1/service/aws4_request"), ""),
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150831' != '20150830', from '20150830T123600Z'."
    );
    assert!(sentence("", "X-Amz-Algorithm=AWS4-HMAC-SHA256").contains("must include 'X-Amz-Credential'"));
    for (expires, good) in [("1", true), ("604800", true), ("604801", false), ("0", false), ("-1", false), ("x", false)]
    {
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}&X-Amz-Date=20150830T123600Z&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host&X-Amz-Signature={digits}"
        );
        assert_eq!(parsed("", &query).is_ok(), good, "{expires}");
    }
}

#[test]
fn signed_headers_are_header_names_and_nothing_else() {
    let digits = "0".repeat(64);
    for (names, good) in [
        ("host", true),
        ("host;x-amz-date", true),
        ("Host", false),
        ("host%0Ax", false),
        ("host;", false),
        ("", false),
        ("host:x", false),
        ("host%20x", false),
        (&format!("host{}", ";x".repeat(99)), true),
        (&format!("host{}", ";x".repeat(100)), false),
    ] {
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID/20150830/r/s/aws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders={names}&X-Amz-Signature={digits}"
        );
        let parts = RequestParts { method: "GET", path: "/", query: &query, headers: &[] };
        assert_eq!(parse(&parts).is_ok(), good, "{names}");
    }
}

#[test]
fn a_scope_of_another_service_or_region_is_refused_by_name() {
    let request = Signed::new(Rules::JSON);
    let presented = request.with(|parts| parse(parts).unwrap().unwrap());
    assert_eq!(presented.require_scope("service", |region| region == "us-east-1"), Ok(()));
    let say = |result: Result<(), SigError>| result.unwrap_err().to_string();
    assert_eq!(
        say(presented.require_scope("cognito-idp", |_| true)),
        "Credential should be scoped to correct service: 'cognito-idp'."
    );
    assert_eq!(
        say(presented.require_scope("service", |_| false)),
        "Credential should be scoped to a valid region, not 'us-east-1'."
    );
}

#[test]
fn an_error_repeats_little_of_what_was_sent() {
    let long = "x".repeat(10_000);
    for authorization in [
        format!("AWS4-{long} Credential=x"),
        format!("AWS4-HMAC-SHA256 {long}"),
        format!("AWS4-HMAC-SHA256 Credential={long}, SignedHeaders=host, Signature=0"),
        format!("AWS4-HMAC-SHA256 Credential=a/{long}/r/s/aws4_request, SignedHeaders=host, Signature=0"),
        format!("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/{long}, SignedHeaders=host, Signature=0"),
    ] {
        let headers: &[(&str, &[u8])] =
            &[("authorization", authorization.as_bytes()), ("x-amz-date", b"20150830T123600Z")];
        let error = parse(&RequestParts { method: "GET", path: "/", query: "", headers }).unwrap_err();
        assert!(error.to_string().len() < 300, "{error}");
    }
}

#[test]
fn the_session_token_is_found_and_covered() {
    let who = Credentials { token: Some(Secret::from("tok/en+=")), ..suite() };
    let headers: &[(&str, &[u8])] = &[("host", b"localhost")];
    let parts = RequestParts { method: "GET", path: "/", query: "Action=GetCallerIdentity", headers };
    let query = presign(&parts, &who, &suite_signing(Rules::QUERY), 60);
    let check = Check { body_sha256: &EMPTY, rules: Rules::QUERY, now: SUITE_TIME };
    let parts = RequestParts { query: &query, ..parts };
    let presented = parse(&parts).unwrap().unwrap();
    assert!(presented.security_token().unwrap().matches("tok/en+="));
    presented.verify(&who.secret, &parts, &check, &KeyCache::new(1)).unwrap();
    let changed = query.replace("tok%2Fen", "tok%2Fem");
    let parts = RequestParts { query: &changed, ..parts };
    let presented = parse(&parts).unwrap().unwrap();
    assert_eq!(presented.verify(&who.secret, &parts, &check, &KeyCache::new(1)), Err(SigError::BadSignature));
}

/// A request that botocore signed (`e2e/python/sigv4_oracle.py`).
#[derive(serde::Deserialize)]
struct Foreign {
    kind: String,
    method: String,
    path: String,
    query: String,
    headers: std::collections::BTreeMap<String, String>,
    body: String,
}

#[test]
fn cr_03_what_botocore_signs_verifies_and_one_changed_byte_does_not() {
    let rows: Vec<Foreign> = serde_json::from_str(include_str!("vectors/sigv4_botocore.json")).unwrap();
    assert_eq!(rows.len(), 18);
    for row in rows {
        let headers: Vec<(&str, &[u8])> = row.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
        let parts = RequestParts { method: &row.method, path: &row.path, query: &row.query, headers: &headers };
        let body = data_encoding::BASE64.decode(row.body.as_bytes()).unwrap();
        let presented = parse(&parts).unwrap().unwrap();
        assert_eq!(presented.is_presigned(), row.kind == "query");
        let verify = |parts: &RequestParts<'_>, body: &[u8]| {
            let check = Check { body_sha256: &sha256(body), rules: Rules::JSON, now: SUITE_TIME };
            presented.verify(&suite().secret, parts, &check, &KeyCache::new(1))
        };
        assert_eq!(verify(&parts, &body), Ok(()), "{} {}?{}", row.method, row.path, row.query);
        assert_eq!(verify(&parts, b"x"), Err(SigError::BadSignature));
        let path = format!("{}x", row.path);
        assert_eq!(verify(&RequestParts { path: &path, ..parts }, &body), Err(SigError::BadSignature));
        let query = format!("{}&y", row.query);
        assert_eq!(verify(&RequestParts { query: &query, ..parts }, &body), Err(SigError::BadSignature));
    }
}

#[test]
fn a_date_that_cannot_be_read_is_repeated() {
    let digits = "0".repeat(64);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/service/aws4_request, SignedHeaders=host, Signature={digits}"
    );
    for name in ["x-amz-date", "date"] {
        let headers: &[(&str, &[u8])] = &[("authorization", authorization.as_bytes()), (name, b"yesterday")];
        let refused = parse(&RequestParts { method: "GET", path: "/", query: "", headers }).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601"
        );
    }
}
