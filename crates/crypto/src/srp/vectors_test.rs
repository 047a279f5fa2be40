//! The vectors of authentication.md 4.3, row by row.

use super::client::{Challenge, Client};
use super::number::{hex, pad};
use super::server::exposed;
use super::verifier::private_key;
use super::*;
use data_encoding::{BASE64, HEXLOWER};
use kernel::SystemEntropy;

struct Vector {
    number: u8,
    pool_name: &'static str,
    user_id: &'static str,
    secret: &'static str,
    salt: &'static str,
    x: &'static str,
    v: &'static str,
    a: &'static str,
    b: &'static str,
    u: &'static str,
    s: &'static str,
    key: &'static str,
    signature: &'static str,
}

const TIMESTAMP: &str = "Tue Sep 1 08:05:09 UTC 2026";

const VECTORS: [Vector; 3] = [
    Vector {
        number: 0,
        pool_name: "EXAMPLE1a",
        user_id: "3f2b8c1e-7d44-4a5e-9b1c-0d6f5a7e8c90",
        secret: "Corr3ct-Horse!",
        salt: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        x: "351b977e7963ee5a29f3eb1149a4fefb6073db7174e8891c755239837550ff99",
        v: "00d70dc40b64737c81a0c24d88a7734cb5a1efabfa76f829b8e0992407ababb1",
        a: "e43dba0aa127fac351e613f0949b28d8b1f79f03a6ab48036f71211a507d3758",
        b: "dc756a1a74b503a2713c75e56bdcab90d29af2db9865f103257b0821d533b68a",
        u: "be69de0bded3dc7994ded020aa8081d8741f382e8f880c43d11383d48d6440dd",
        s: "395b47d9715059ec01e9447730c9cb860e7aaa59e0d9bbde2dc7b1cb72c5dbe4",
        key: "95b22d27ca3a11a2c6f0737b318a5e3e",
        signature: "SSeNbMra0EpNiEj8w9PgJ7IZD9N2++MZJsabHFFZp9Y=",
    },
    Vector {
        number: 1,
        pool_name: "EXAMPLE1a",
        user_id: "janedoe",
        secret: "Corr3ct-Horse!",
        salt: "f0e1d2c3b4a5968778695a4b3c2d1e0f",
        x: "437c4610aef77683cb610debc0576c58af7fe03de87392884b68ae74b5757cc1",
        v: "e16ad9d72859cd9bc20b669f55209b4ba3506f15d5cc228b2a5670af1abc8049",
        a: "c25c2a16dac323cf08f203c1318619a7995cea515fec1caeacaec153d84a0b9d",
        b: "40c83bcb12860d8d3b42925ada62330b4e68fe3ce9a18f7095a6d6781b808f5d",
        u: "5bfdd928f557ae8fbe0ae3b2d220c1915b124cee906994af6c6894818e387ec2",
        s: "0455de1bd81aa6d1e681648b5e1062ae5ff6ec6dca5d2ad058038a20ec67d19f",
        key: "08a771dfcda5b905ee8f0f1da4e0751f",
        signature: "wNFznIEcVNdBqqM5aMnyusWKMrKMmFDZPEPr7uWnqCk=",
    },
    Vector {
        number: 2,
        pool_name: "-a1B2c3D4",
        user_id: "us-east-1_7d3f0c52-9a1b-4c1d-8e6f-1a2b3c4d5e6f",
        secret: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJw==",
        salt: "8899aabbccddeeff0011223344556677",
        x: "818a7c7cbbf3aa37e1b1f8c08128ace0e8f34052fc1e28c2cc6dad4e1d52f994",
        v: "d33eb6db460c7ad7f813b755d23b51fedcaa8500ea218ac5227ef4e7a09b7b38",
        a: "71647ce41f90ce0e13e633a4d448d333490200adcccadec20b5e107dd9e57460",
        b: "e296055bc70b928850f40c278af6b965a50e97c6dcae5d908afef9dea6d4c0d1",
        u: "bbcf6ab58c394eed7f7a9c391308aabe3ffd04da1964506d0ccd244eb21de3a4",
        s: "64dd52b6e61dee4b83c05be0538f6dd01c8fff6425f8bad4bc5010cbf1c4593b",
        key: "e0b6f0c4175e8e576d8d405e0f062526",
        signature: "zwfmMcXBBvT66WOdKCBxpfdH7eGbWUfO3Bjk0W5WLsA=",
    },
];

/// int(SHA512(text) ‖ SHA512(text)).
fn secret_number(letter: char, number: u8) -> Vec<u8> {
    let text = format!("{letter}{number}");
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, text.as_bytes()).as_ref().repeat(2)
}

fn hash(element: Element) -> String {
    HEXLOWER.encode(&sha256(&[&pad(&element.to_bytes())]))
}

#[test]
fn au_04_prime_and_multiplier_have_the_known_hashes() {
    assert_eq!(
        HEXLOWER.encode(&sha256(&[&pad(&super::limbs::PRIME_BYTES)])),
        "b28bc90ba9cb908924dc77c554a5fe9225ce147d98fd5d10a40b6d568a1425b2"
    );
    assert_eq!(HEXLOWER.encode(&multiplier_hash()), "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6");
}

#[test]
fn au_04_every_row_of_the_vectors_comes_out() {
    for vector in VECTORS {
        let who = Identity { pool_name: vector.pool_name, user_id: vector.user_id };
        let salt: Salt = HEXLOWER.decode(vector.salt.as_bytes()).unwrap().try_into().unwrap();
        assert_eq!(HEXLOWER.encode(private_key(who, vector.secret, &salt).reveal()), vector.x);

        let verifier = Verifier::of(who, vector.secret, &salt);
        assert_eq!(hash(*verifier.0.reveal()), vector.v);

        let client = Client::with_secret(&secret_number('a', vector.number));
        let a = PublicA::parse(&client.srp_a()).unwrap();
        assert_eq!(HEXLOWER.encode(&sha256(&[&pad(&number::from_hex(&client.srp_a()).unwrap())])), vector.a);

        let b = secret_number('b', vector.number);
        let (public, u) = exposed::begin(&a, &verifier, &b);
        assert_eq!(hash(public), vector.b);
        assert_eq!(HEXLOWER.encode(&u), vector.u);

        let shared = exposed::shared(&a, &verifier.powers(), &u, &b);
        assert_eq!(hash(*shared.reveal()), vector.s);
        let key = SessionKey::agree(&u, &shared);
        assert_eq!(HEXLOWER.encode(&key.bytes()), vector.key);

        let block: Vec<u8> = (0..0x30).collect();
        let claim = Claim { secret_block: &block, timestamp: TIMESTAMP };
        assert!(key.accepts(who, claim, vector.signature));
        assert_eq!(key.claim_signature(who, claim), vector.signature);

        let (sent_salt, srp_b) = (salt_text(&salt), hex(&public.to_bytes()));
        let challenge = Challenge { salt: &sent_salt, srp_b: &srp_b };
        let (client_u, client_shared) = client.agree(who, vector.secret, challenge).unwrap();
        assert_eq!((client_u, hash(*client_shared.reveal())), (u, vector.s.to_owned()));
        assert_eq!(client.answer(who, vector.secret, challenge, claim).unwrap(), vector.signature);
    }
}

#[test]
fn au_04_a_salt_with_leading_zeros_is_sent_without_them() {
    assert_eq!(salt_text(&[0x0f; 16]), "f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f".to_owned());
    let who = Identity { pool_name: "p", user_id: "u" };
    let mut salt = [0u8; 16];
    salt[15] = 9;
    assert_eq!(salt_text(&salt), "9");
    let client_side = private_key(who, "s", &number::from_hex("9").unwrap());
    assert_eq!(client_side.reveal(), private_key(who, "s", &salt).reveal());
}

#[test]
fn a_sign_in_succeeds_with_the_password_and_with_nothing_else() {
    let who = Identity { pool_name: "EXAMPLE1a", user_id: "janedoe" };
    let salt = draw_salt(&SystemEntropy);
    let verifier = Verifier::of(who, "right", &salt);
    let powers = verifier.powers();
    let client = Client::start(&SystemEntropy);
    let (exchange, srp_b) = Exchange::begin(PublicA::parse(&client.srp_a()).unwrap(), &verifier, &SystemEntropy);
    let (salt, block) = (salt_text(&salt), b"any block".to_vec());
    let challenge = Challenge { salt: &salt, srp_b: &srp_b };
    let claim = Claim { secret_block: &block, timestamp: TIMESTAMP };
    let right = client.answer(who, "right", challenge, claim).unwrap();
    let wrong = client.answer(who, "wrong", challenge, claim).unwrap();

    for key in [exchange.finish(&verifier, Some(&powers)), exchange.finish(&verifier, None)] {
        assert!(key.accepts(who, claim, &right));
        assert!(!key.accepts(who, claim, &wrong));
        assert!(!key.accepts(Identity { user_id: "john", ..who }, claim, &right));
        assert!(!key.accepts(who, Claim { timestamp: "Tue Sep 1 08:05:10 UTC 2026", ..claim }, &right));
        assert!(!key.accepts(who, Claim { secret_block: b"another", ..claim }, &right));
        let zeros = BASE64.encode(&[0; 32]);
        for strange in ["", "=", "ü", &right[1..], &format!("{right}="), &"A".repeat(44), &"A".repeat(100_000), &zeros]
        {
            assert!(!key.accepts(who, claim, strange), "{strange}");
        }
    }
    let other = Verifier::of(who, "wrong", &[1; 16]);
    assert!(!exchange.finish(&other, None).accepts(who, claim, &right));
}

#[test]
fn au_33_a_decoy_is_the_same_each_time_and_answers_like_a_verifier() {
    let (one, again, other) = (Verifier::decoy(&[1; 32]), Verifier::decoy(&[1; 32]), Verifier::decoy(&[2; 32]));
    assert_eq!(one.to_bytes().reveal(), again.to_bytes().reveal());
    assert_ne!(one.to_bytes().reveal(), other.to_bytes().reveal());
    let (exchange, srp_b) = Exchange::begin(PublicA::parse("abc").unwrap(), &one, &SystemEntropy);
    assert!(srp_b.len() > 700);
    let key = exchange.finish(&one, Some(&Powers::decoy(&[1; 32])));
    assert!(!key.accepts(Identity { pool_name: "p", user_id: "u" }, Claim { secret_block: b"", timestamp: "t" }, ""));
}

#[test]
fn st_34_what_a_sign_in_is_made_of_prints_no_number() {
    let verifier = Verifier::decoy(&[1; 32]);
    let client = Client::start(&SystemEntropy);
    let (exchange, _) = Exchange::begin(PublicA::parse(&client.srp_a()).unwrap(), &verifier, &SystemEntropy);
    let key = exchange.finish(&verifier, None);
    assert_eq!(
        format!("{verifier:?} {:?} {client:?} {exchange:?} {key:?}", verifier.powers()),
        "Verifier(***) Powers(***) Client(***) Exchange(***) SessionKey(***)"
    );
}
