//! Random policies and requests, from a vocabulary small enough that they often concern each other.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::naive::{Ask, Caller, Documents};

const ACCOUNT: &str = "123456789012";
const ANA: &str = "arn:aws:iam::123456789012:user/ana";
const ROLE: &str = "arn:aws:iam::123456789012:role/app";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/app/s1";
const ROOT: &str = "arn:aws:iam::123456789012:root";
const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/issuer.example/p";

const ACTIONS: &[&str] = &[
    "*",
    "*:*",
    "s3:*",
    "s3:Get*",
    "S3:get?bject",
    "s3:GetObject",
    "s3:*Object",
    "dynamodb:?*",
    "sts:*",
    "s?s:Assume*",
];
const STS_ACTIONS: &[&str] = &["sts:*", "sts:AssumeRole", "STS:assume*", "sts:TagSession", "sts:?ssumeRole"];
const ASKED_ACTIONS: &[&str] = &["s3:GetObject", "S3:getobject", "s3:PutObject", "sts:AssumeRole", "dynamodb:Query"];

const RESOURCES: &[&str] = &[
    "*",
    "arn:*",
    "arn:aws:s3*",
    "arn:aws:*b/*a*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${AWS:UserName}",
    "arn:aws:s3:::*/${aws:PrincipalTag/t}*",
    "arn:aws:s3:::b/${k:none}*",
    "arn:aws:s3:::b/${k:none, 'a'}/?",
    "arn:aws:s3:::b/${*}",
    "arn:aws:s3:::b/${$}{aws:username}",
    "arn:*:s3:*:*:b/a*",
    "arn:aws:iam::${aws:PrincipalAccount}:role/*",
    "arn:aws:iam::${aws:username}:role/*",
    "arn:aws:iam::*:role/app",
];
const ASKED_RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/a/b",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/b/a:b",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:iam::123456789012:role/app",
    "arn:aws:iam::a:role/app",
    "arn:aws:s3",
];

/// What operators of a family are given, in policies and in requests. The last ones cannot stand in a policy.
struct Family {
    names: &'static [&'static str],
    keys: &'static [&'static str],
    values: &'static [&'static str],
    others: &'static [&'static str],
}

const FAMILIES: &[Family] = &[
    Family {
        names: &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        keys: &["k:s", "aws:username", "aws:PrincipalTag/t", "K:S"],
        values: &[
            "a",
            "A",
            "b",
            "a/b",
            "*",
            "a*",
            "?",
            "",
            "${aws:username}",
            "${aws:username}*",
            "*${k:s}",
            "${k:none}",
            "${k:none, 'b'}",
            "${*}",
            "é",
        ],
        others: &["É", "ab"],
    },
    Family {
        names: &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        keys: &["k:r", "aws:PrincipalArn"],
        values: &[
            "*",
            "arn:aws:s3:::b",
            "arn:aws:s3:::*",
            "arn:aws:s3*",
            "arn:aws:iam::*:user/${aws:username}",
            "${aws:PrincipalArn}",
            "arn:aws",
            "arn:aws:iam::123456789012:user/?na",
            "arn:*:*:*:*:${k:none}",
        ],
        others: &[ANA, ROLE, "a"],
    },
    Family {
        names: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        keys: &["k:n"],
        values: &["0", "-1", "1", "1.0", "01.50", "1.5", "10", "-0"],
        others: &["a", "", "1e1"],
    },
    Family {
        names: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        keys: &["k:d"],
        values: &[
            "0",
            "1788249900",
            "2026-09-01",
            "2026-09-01T08:05:00Z",
            "2026-09-01T10:05:00+02:00",
            "2026-09-01T08:05:00.5Z",
            "-1",
        ],
        others: &["a", "", "2026-02-30"],
    },
    Family { names: &["Bool"], keys: &["k:b"], values: &["true", "false", "True", "FALSE"], others: &["a", ""] },
    Family { names: &["BinaryEquals"], keys: &["k:x"], values: &["QQ==", "QUI=", ""], others: &["QQ", "a"] },
    Family {
        names: &["IpAddress", "NotIpAddress"],
        keys: &["k:i"],
        values: &[
            "10.0.0.0/8",
            "10.1.2.3",
            "10.1.2.3/31",
            "0.0.0.0/0",
            "::/0",
            "2001:db8::/33",
            "2001:db8::1",
            "::ffff:10.0.0.0/104",
        ],
        others: &["10.1.2.2", "::ffff:10.1.2.3", "2001:db8:8000::", "a", ""],
    },
    Family { names: &["Null"], keys: &["k:s", "k:none", "k:n"], values: &["true", "false"], others: &[] },
];

/// A small generator (Steele, Lea and Flood's SplitMix): the same draws on every machine.
pub struct Dice(pub u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % sides
    }

    /// Once in so many.
    fn once_in(&mut self, many: usize) -> bool {
        self.roll(many) == 0
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    /// One value, or several in a list.
    fn one_or_many(&mut self, mut draw: impl FnMut(&mut Self) -> Value) -> Value {
        match self.roll(4) {
            0 => (0..=self.roll(3)).map(|_| draw(self)).collect(),
            _ => draw(self),
        }
    }

    /// Symbols strung together.
    fn string_of(&mut self, symbols: &[&str]) -> String {
        (0..self.roll(6)).map(|_| self.one(symbols)).collect()
    }

    fn resource(&mut self) -> Value {
        if self.once_in(3) {
            let rest = self.string_of(&["a", "b", "/", ":", "*", "?", "${aws:username}", "${*}"]);
            return json!(format!("arn:aws:s3:::b/{rest}"));
        }
        json!(self.one(RESOURCES))
    }

    fn principal(&mut self) -> Value {
        if self.once_in(4) {
            return json!("*");
        }
        let mut element = Map::new();
        for _ in 0..=self.roll(2) {
            let (kind, values): (&str, &[&str]) = match self.roll(4) {
                0 => ("Service", &["lambda.amazonaws.com", "other.amazonaws.com"]),
                1 => ("Federated", &["cognito-identity.amazonaws.com", PROVIDER, "other.example"]),
                _ => ("AWS", &["*", ACCOUNT, ROOT, ANA, ROLE, SESSION, "210987654321"]),
            };
            element.insert(kind.into(), self.one_or_many(|dice| json!(dice.one(values))));
        }
        Value::Object(element)
    }

    fn condition(&mut self) -> (String, String, Value) {
        let family = &FAMILIES[self.roll(FAMILIES.len() + 3) % FAMILIES.len()];
        let bare = self.one(family.names);
        // Now and then a key of another family, whose values cannot be compared.
        let other = &FAMILIES[self.roll(FAMILIES.len())];
        let key = if self.once_in(8) { self.one(other.keys) } else { self.one(family.keys) };
        let values = self.one_or_many(|dice| json!(dice.one(family.values)));
        let (prefix, suffix) = match bare {
            "Null" => ("", ""),
            _ => (self.one(&["", "", "ForAllValues:", "ForAnyValue:"]), self.one(&["", "", "IfExists"])),
        };
        (format!("{prefix}{bare}{suffix}"), key.into(), values)
    }

    fn statement(&mut self, kind: iam::Kind) -> Value {
        let mut statement = Map::new();
        let effect = if self.once_in(4) { "Deny" } else { "Allow" };
        statement.insert("Effect".into(), json!(effect));
        let name = |dice: &mut Self, name: &str| if dice.once_in(4) { format!("Not{name}") } else { name.to_owned() };
        let actions = if kind == iam::Kind::Trust { STS_ACTIONS } else { ACTIONS };
        statement.insert(name(self, "Action"), self.one_or_many(|dice| json!(dice.one(actions))));
        if kind != iam::Kind::Trust {
            statement.insert(name(self, "Resource"), self.one_or_many(Self::resource));
        }
        if kind != iam::Kind::Identity {
            statement.insert(name(self, "Principal"), self.principal());
        }
        let mut block = Map::new();
        for _ in 0..self.roll(3) {
            let (operator, key, values) = self.condition();
            let keys = block.entry(operator).or_insert_with(|| json!({}));
            keys.as_object_mut().unwrap().insert(key, values);
        }
        if !block.is_empty() || self.once_in(4) {
            statement.insert("Condition".into(), Value::Object(block));
        }
        Value::Object(statement)
    }

    fn document(&mut self, kind: iam::Kind) -> Value {
        let mut document = Map::new();
        if !self.once_in(6) {
            document.insert("Version".into(), json!(if self.once_in(6) { "2008-10-17" } else { "2012-10-17" }));
        }
        document.insert("Statement".into(), self.one_or_many(|dice| dice.statement(kind)));
        Value::Object(document)
    }

    /// An identity policy alone: a statement or two, always with variables and always a list.
    pub fn identity(&mut self) -> Value {
        let statements: Vec<Value> = (0..=self.roll(2)).map(|_| self.statement(iam::Kind::Identity)).collect();
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    fn set(&mut self) -> Vec<Value> {
        (0..self.roll(3)).map(|_| self.document(iam::Kind::Identity)).collect()
    }

    /// Everything that concerns a request.
    pub fn documents(&mut self) -> Documents {
        Documents {
            identity: (0..=self.roll(2)).map(|_| self.document(iam::Kind::Identity)).collect(),
            boundary: self.once_in(4).then(|| self.set()),
            session: self.once_in(4).then(|| self.set()),
            guardrail: self.once_in(6).then(|| self.set()),
            resource: self.once_in(3).then(|| self.document(iam::Kind::Resource)),
            trust: self.once_in(5).then(|| self.document(iam::Kind::Trust)),
        }
    }

    fn caller(&mut self) -> Caller {
        let of_account = |arn: &str| Caller { account: ACCOUNT.into(), arn: arn.into(), ..Caller::default() };
        match self.roll(8) {
            0 => Caller { service: "lambda.amazonaws.com".into(), ..Caller::default() },
            1 => Caller { providers: vec!["cognito-identity.amazonaws.com".into()], ..Caller::default() },
            2 => Caller { providers: vec!["issuer.example/p".into(), PROVIDER.into()], ..Caller::default() },
            3 => Caller::default(),
            4 => of_account(ROOT),
            5 | 6 => Caller { role: ROLE.into(), ..of_account(SESSION) },
            _ => of_account(ANA),
        }
    }

    /// A request.
    pub fn ask(&mut self) -> Ask {
        let mut context: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for family in FAMILIES.iter().filter(|family| !family.others.is_empty()) {
            for key in family.keys {
                let count = [0, 0, 1, 1, 1, 1, 2, 3][self.roll(8)];
                let value = |dice: &mut Self| {
                    let from = if dice.once_in(3) { family.others } else { family.values };
                    dice.one(from).to_owned()
                };
                // An absent key, or one that is there without a value.
                if count > 0 || self.once_in(2) {
                    context.insert(key.to_lowercase(), (0..count).map(|_| value(self)).collect());
                }
            }
        }
        context.insert("aws:principalaccount".into(), vec![ACCOUNT.into()]);
        if self.once_in(2) {
            context.insert(
                "aws:username".into(),
                vec![self.one(&["a", "b", "*", "a/b", "a:role", "${aws:username}"]).into()],
            );
        }
        let resource = if self.once_in(3) {
            format!("arn:aws:s3:::b/{}", self.string_of(&["a", "b", "/", ":", "*"]))
        } else {
            self.one(ASKED_RESOURCES).into()
        };
        Ask { action: self.one(ASKED_ACTIONS).into(), resource, caller: self.caller(), context }
    }
}
