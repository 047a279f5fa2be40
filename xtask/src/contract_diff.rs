//! `cargo xtask contract-diff PATH_TO_BOTOCORE [--check]`: every fact in which another botocore differs from our contract.

use crate::contract::reduce_all;
use crate::facts::{Facts, MemberFacts, OperationFacts, ShapeFacts};
use anyhow::bail;
use std::collections::BTreeMap;
use std::path::Path;

/// Prints the differences; with `--check` any difference is a failure.
pub(crate) fn run(args: &[&str]) -> anyhow::Result<()> {
    let (path, check) = match args {
        [path] => (*path, false),
        [path, "--check"] => (*path, true),
        _ => bail!("usage: cargo xtask contract-diff PATH_TO_BOTOCORE [--check]"),
    };
    let mut count = 0;
    for theirs in reduce_all(Path::new(path))? {
        let ours = Facts::committed(&theirs.service)?;
        let differences = differences(&ours, &theirs);
        println!("{}: {} differences ({} against {})", ours.service, differences.len(), ours.source, theirs.source);
        for difference in &differences {
            println!("  {difference}");
        }
        count += differences.len();
    }
    if check && count > 0 {
        bail!("{count} differences");
    }
    Ok(())
}

/// One line per fact that was added, removed or changed.
fn differences(ours: &Facts, theirs: &Facts) -> Vec<String> {
    let (ours, theirs) = (flat(ours), flat(theirs));
    let mut lines = Vec::new();
    let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for name in names {
        let told = |value: &str| if value.is_empty() { String::new() } else { format!(": {value}") };
        match (ours.get(name), theirs.get(name)) {
            (None, Some(new)) => lines.push(format!("+ {name}{}", told(new))),
            (Some(old), None) => lines.push(format!("- {name}{}", told(old))),
            (Some(old), Some(new)) if old != new => lines.push(format!("~ {name}: {old} -> {new}")),
            _ => {}
        }
    }
    lines
}

/// Facts by name. A set becomes one name per entry, so that an added entry is one line.
fn flat(facts: &Facts) -> BTreeMap<String, String> {
    let mut out = Flat::default();
    out.put("service", "protocol", &facts.protocol);
    out.put("service", "api version", &facts.api_version);
    out.maybe("service", "target prefix", facts.target_prefix.as_ref());
    out.maybe("service", "xml namespace", facts.xml_namespace.as_ref());
    for (name, operation) in &facts.operations {
        out.operation(name, operation);
    }
    for (name, shape) in &facts.shapes {
        out.shape(name, shape);
    }
    out.0
}

#[derive(Default)]
struct Flat(BTreeMap<String, String>);

impl Flat {
    fn put(&mut self, of: &str, what: &str, value: impl ToString) {
        self.0.insert(format!("{of} {what}").trim_end().to_owned(), value.to_string());
    }

    fn maybe(&mut self, of: &str, what: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.put(of, what, value);
        }
    }

    fn flag(&mut self, of: &str, what: &str, flag: bool) {
        if flag {
            self.put(of, what, "");
        }
    }

    fn operation(&mut self, name: &str, operation: &OperationFacts) {
        let of = format!("operation {name}");
        self.put(&of, "", "");
        self.put(&of, "auth", &operation.auth);
        self.put(&of, "method", &operation.method);
        self.put(&of, "uri", &operation.uri);
        self.maybe(&of, "input", operation.input.as_ref());
        self.maybe(&of, "output", operation.output.as_ref());
        self.put(&of, "output kind", &operation.output_kind);
        self.maybe(&of, "result wrapper", operation.result_wrapper.as_ref());
        self.maybe(
            &of,
            "pagination",
            operation.pagination.as_ref().and_then(|pages| serde_json::to_string(pages).ok()),
        );
        for error in &operation.errors {
            self.put(&of, &format!("error {error}"), "");
        }
    }

    fn shape(&mut self, name: &str, shape: &ShapeFacts) {
        let of = format!("shape {name}");
        self.put(&of, "type", &shape.kind);
        self.flag(&of, "sensitive", shape.sensitive);
        self.flag(&of, "document", shape.document);
        self.flag(&of, "union", shape.union);
        self.flag(&of, "flattened", shape.flattened);
        self.maybe(&of, "min", shape.min);
        self.maybe(&of, "max", shape.max);
        self.maybe(&of, "pattern", shape.pattern.as_ref());
        self.maybe(&of, "timestamp format", shape.timestamp_format.as_ref());
        self.maybe(&of, "items", shape.member.as_ref());
        self.maybe(&of, "item name", shape.item_name.as_ref());
        self.maybe(&of, "keys", shape.key.as_ref());
        self.maybe(&of, "values", shape.value.as_ref());
        for value in &shape.values {
            self.put(&of, &format!("enum value {value}"), "");
        }
        if let Some(error) = &shape.error {
            self.put(&of, "error code", &error.code);
            self.put(&of, "error status", error.status);
            self.flag(&of, "error is the server's fault", error.fault);
        }
        for member in shape.members.iter().flatten() {
            self.member(&of, member);
        }
    }

    fn member(&mut self, of: &str, member: &MemberFacts) {
        let of = format!("{of} member {}", member.name);
        self.put(&of, "", &member.shape);
        self.flag(&of, "required", member.required);
        self.flag(&of, "deprecated", member.deprecated);
        self.maybe(&of, "location", member.location.as_ref());
        self.maybe(&of, "location name", member.location_name.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_does_not_differ_from_itself() {
        for (service, _) in crate::facts::SERVICES {
            let facts = Facts::committed(service).unwrap();
            assert_eq!(differences(&facts, &facts), [""; 0], "{service}");
        }
    }

    #[test]
    fn every_kind_of_difference_is_one_line() {
        let ours = Facts::committed("cognito-idp").unwrap();
        let mut theirs = ours.clone();
        let gone = theirs.operations.remove("AdminDisableUser").unwrap();
        theirs.operations.insert("AdminPauseUser".to_owned(), OperationFacts { errors: vec![], ..gone });
        let sign_up = theirs.operations.get_mut("SignUp").unwrap();
        sign_up.auth = "signed".to_owned();
        sign_up.errors.retain(|error| error != "UsernameExistsException");
        sign_up.output_kind = "empty".to_owned();
        let shape =
            |theirs: &mut Facts, name: &str, change: fn(&mut ShapeFacts)| change(theirs.shapes.get_mut(name).unwrap());
        shape(&mut theirs, "UserPoolIdType", |shape| shape.max = Some(60));
        shape(&mut theirs, "PasswordType", |shape| shape.pattern = None);
        shape(&mut theirs, "UsernameType", |shape| shape.sensitive = false);
        shape(&mut theirs, "AuthFlowType", |shape| shape.values.push("SMOKE_SIGNALS".to_owned()));
        shape(&mut theirs, "CodeMismatchException", |shape| shape.error.as_mut().unwrap().status = 409);
        shape(&mut theirs, "AttributeType", |shape| {
            let members = shape.members.as_mut().unwrap();
            members[1].required = true;
            members.push(MemberFacts { name: "Unit".to_owned(), shape: "StringType".to_owned(), ..members[0].clone() });
        });

        let told = differences(&ours, &theirs);
        for line in [
            "- operation AdminDisableUser",
            "+ operation AdminPauseUser",
            "~ operation SignUp auth: public -> signed",
            "- operation SignUp error UsernameExistsException",
            "~ operation SignUp output kind: object -> empty",
            "~ shape UserPoolIdType max: 55 -> 60",
            "- shape PasswordType pattern: [\\S]+",
            "- shape UsernameType sensitive",
            "+ shape AuthFlowType enum value SMOKE_SIGNALS",
            "~ shape CodeMismatchException error status: 400 -> 409",
            "+ shape AttributeType member Value required",
            "+ shape AttributeType member Unit: StringType",
        ] {
            assert!(told.iter().any(|told| told == line), "{line} is missing in {told:#?}");
        }
        let about = |words: &str| told.iter().filter(|line| line.contains(words)).count();
        assert_eq!((about("SignUp"), about("AuthFlowType"), about("PasswordType")), (3, 1, 1), "and nothing besides");
    }
}
