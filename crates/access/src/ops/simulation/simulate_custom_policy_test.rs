use testkit::prelude::*;

const RESULT: &str = "SimulateCustomPolicyResult.EvaluationResults.member";
const OBJECT: &str = "arn:aws:s3:::b/k";

/// A document of these statements.
fn policy(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

async fn ask(app: &App, given: &[(&str, &str)]) -> Answer {
    app.query(Service::Iam, "SimulateCustomPolicy", given).await
}

/// The members of a single result.
fn told(answer: &Answer, path: &str) -> Vec<String> {
    answer.values(&format!("{RESULT}.{path}"))
}

#[cognate_test]
async fn each_action_is_allowed_denied_or_not_spoken_of(app: App) {
    let some = policy(
        r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"},
           {"Effect":"Deny","Action":"s3:GetObjectAcl","Resource":"*"}"#,
    );
    let given = [
        ("PolicyInputList.member.1", some.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:GetObjectAcl"),
        ("ActionNames.member.3", "s3:PutObject"),
    ];
    let answer = ask(&app, &given).await;
    assert_eq!(told(&answer, "EvalActionName"), ["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"]);
    assert_eq!(told(&answer, "EvalDecision"), ["allowed", "explicitDeny", "implicitDeny"]);
    assert_eq!(told(&answer, "EvalResourceName"), ["*"; 3]);
    assert_eq!(answer.value("SimulateCustomPolicyResult.IsTruncated"), "false");
}

#[cognate_test]
async fn cr_32_the_deciding_statement_is_named_and_placed(app: App) {
    let first = policy(r#"{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}"#);
    let second = policy(
        "\n{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"},\n{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}",
    );
    let given = [
        ("PolicyInputList.member.1", first.as_str()),
        ("PolicyInputList.member.2", second.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
    ];
    let answer = ask(&app, &given).await;
    let matched = |path: &str| told(&answer, &format!("MatchedStatements.member.{path}"));
    assert_eq!(matched("SourcePolicyId"), ["PolicyInputList.2"]);
    assert_eq!(matched("SourcePolicyType"), ["none"]);
    assert_eq!((matched("StartPosition.Line"), matched("StartPosition.Column")), (vec!["3".into()], vec!["1".into()]));
    assert_eq!(matched("EndPosition.Line"), ["3"]);
    let silent = ask(&app, &[given[0], given[2]]).await;
    assert!(told(&silent, "MatchedStatements.member").is_empty());
}

#[cognate_test]
async fn cr_16_not_action_is_about_all_others(app: App) {
    let but = policy(r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#);
    let given = [
        ("PolicyInputList.member.1", but.as_str()),
        ("ActionNames.member.1", "iam:CreateUser"),
        ("ActionNames.member.2", "s3:GetObject"),
    ];
    assert_eq!(told(&ask(&app, &given).await, "EvalDecision"), ["implicitDeny", "allowed"]);
}

#[cognate_test]
async fn several_resources_each_have_their_result(app: App) {
    let one = policy(r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}"#);
    let given = [
        ("PolicyInputList.member.1", one.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "sns:Publish"),
        ("ResourceArns.member.1", OBJECT),
        ("ResourceArns.member.2", "arn:aws:s3:::other/k"),
    ];
    let answer = ask(&app, &given).await;
    let other = "arn:aws:s3:::other/k";
    assert_eq!(told(&answer, "EvalResourceName"), [OBJECT, other, OBJECT, other]);
    let decisions = ["allowed", "implicitDeny", "implicitDeny", "implicitDeny"];
    assert_eq!(told(&answer, "EvalDecision"), decisions);
    assert_eq!(told(&answer, "ResourceSpecificResults.member.EvalResourceDecision"), decisions);
    let alone = ask(&app, &given[..4]).await;
    assert!(told(&alone, "ResourceSpecificResults.member").is_empty());
}

#[cognate_test]
async fn cr_15_a_boundary_narrows_and_says_whether_it_allowed(app: App) {
    let all = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let bound = policy(r#"{"Effect":"Allow","Action":["s3:*","sns:*"],"Resource":"*"}"#);
    let given = [
        ("PolicyInputList.member.1", all.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "iam:CreateUser"),
        ("PermissionsBoundaryPolicyInputList.member.1", bound.as_str()),
    ];
    let answer = ask(&app, &given).await;
    assert_eq!(told(&answer, "EvalDecision"), ["allowed", "implicitDeny"]);
    let detail = "PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary";
    assert_eq!(told(&answer, detail), ["true", "false"]);
    // Without a boundary there is nothing to tell of one.
    assert!(told(&ask(&app, &given[..3]).await, detail).is_empty());
    let two = [given.as_slice(), &[("PermissionsBoundaryPolicyInputList.member.2", bound.as_str())]].concat();
    let sentence = "PermissionsBoundaryPolicyInputList can hold one policy.";
    ask(&app, &two).await.expect_error(400, "InvalidInput", sentence);
}

#[cognate_test]
async fn every_level_of_an_organization_must_allow(app: App) {
    let all = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let s3 = policy(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
    let no_put =
        policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:Put*","Resource":"*"}"#);
    let level =
        |at: u8| format!("OrderedOrganizationPolicyInputList.member.{at}.ServiceControlPolicyInputList.member.1");
    let (one, two) = (level(1), level(2));
    let given = [
        ("PolicyInputList.member.1", all.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:PutObject"),
        ("ActionNames.member.3", "sns:Publish"),
        (one.as_str(), s3.as_str()),
        (two.as_str(), no_put.as_str()),
    ];
    let answer = ask(&app, &given).await;
    assert_eq!(told(&answer, "EvalDecision"), ["allowed", "explicitDeny", "implicitDeny"]);
    let detail = "OrganizationsDecisionDetail.AllowedByOrganizations";
    assert_eq!(told(&answer, detail), ["true", "false", "false"]);
}

#[cognate_test]
async fn cr_17_what_a_condition_asks_for_is_given_or_listed_as_missing(app: App) {
    let near = policy(
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}},
           {"Effect":"Allow","Action":"sns:*","Resource":"*","Condition":{"NumericLessThan":{"sns:Count":"5"}}}"#,
    );
    let given = [("PolicyInputList.member.1", near.as_str()), ("ActionNames.member.1", "s3:GetObject")];
    let with = async |value: &str| {
        let entry = [
            ("ContextEntries.member.1.ContextKeyName", "AWS:sourceip"),
            ("ContextEntries.member.1.ContextKeyType", "ip"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", value),
        ];
        ask(&app, &[given.as_slice(), &entry].concat()).await
    };
    let absent = ask(&app, &given).await;
    assert_eq!(told(&absent, "EvalDecision"), ["implicitDeny"]);
    assert_eq!(told(&absent, "MissingContextValues.member"), ["aws:SourceIp"]);
    for (value, decision) in [("10.1.2.3", "allowed"), ("192.0.2.1", "implicitDeny")] {
        let answer = with(value).await;
        assert_eq!(told(&answer, "EvalDecision"), [decision]);
        assert!(told(&answer, "MissingContextValues.member").is_empty(), "{answer:?}");
    }
    let sentence = "The values of context key AWS:sourceip are not of type ip.";
    with("10.0.0.0/8").await.expect_error(400, "InvalidInput", sentence);
}

#[cognate_test]
async fn context_entries_are_of_the_type_they_say(app: App) {
    let only = policy(
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*",
            "Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]},"Null":{"aws:TagKeys":"false"}}}"#,
    );
    let with = async |kind: &str, values: &[&str]| {
        let names: Vec<String> =
            (1..=values.len()).map(|at| format!("ContextEntries.member.1.ContextKeyValues.member.{at}")).collect();
        let mut given = vec![
            ("PolicyInputList.member.1", only.as_str()),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ContextEntries.member.1.ContextKeyName", "aws:TagKeys"),
            ("ContextEntries.member.1.ContextKeyType", kind),
        ];
        given.extend(names.iter().map(String::as_str).zip(values.iter().copied()));
        ask(&app, &given).await
    };
    assert_eq!(told(&with("stringList", &["a", "b"]).await, "EvalDecision"), ["allowed"]);
    assert_eq!(told(&with("stringList", &["a", "c"]).await, "EvalDecision"), ["implicitDeny"]);
    for (kind, values) in [
        ("string", ["a", "b"].as_slice()),
        ("string", &[]),
        ("numeric", &["five"]),
        ("numericList", &["5", "five"]),
        ("boolean", &["yes"]),
        ("date", &["tomorrow"]),
        ("binary", &["Q"]),
    ] {
        let sentence = format!("The values of context key aws:TagKeys are not of type {kind}.");
        with(kind, values).await.expect_error(400, "InvalidInput", &sentence);
    }
}

#[cognate_test]
async fn cr_18_variables_are_filled_from_the_caller_and_a_star_stays_a_star(app: App) {
    let own = policy(r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}/*"}"#);
    let ask_as = async |name: Option<(&str, &str)>, key: &str| {
        let mut given = vec![
            ("PolicyInputList.member.1", own.as_str()),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", key),
        ];
        given.extend(name);
        ask(&app, &given).await
    };
    let unknown = ask_as(None, "arn:aws:s3:::b/ana/k").await;
    assert_eq!(told(&unknown, "EvalDecision"), ["implicitDeny"]);
    assert_eq!(told(&unknown, "MissingContextValues.member"), ["aws:username"]);
    let ana = ("CallerArn", "arn:aws:iam::123456789012:user/team/ana");
    assert_eq!(told(&ask_as(Some(ana), "arn:aws:s3:::b/ana/k").await, "EvalDecision"), ["allowed"]);
    let given = [
        ("PolicyInputList.member.1", own.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ResourceArns.member.1", "arn:aws:s3:::b/ana/k"),
        ana,
        ("ContextEntries.member.1.ContextKeyName", "aws:username"),
        ("ContextEntries.member.1.ContextKeyType", "string"),
        ("ContextEntries.member.1.ContextKeyValues.member.1", "*"),
    ];
    assert_eq!(told(&ask(&app, &given).await, "EvalDecision"), ["implicitDeny"]);
}

#[cognate_test]
async fn cr_14_the_resources_policy_speaks_of_the_caller(app: App) {
    let nothing = policy(r#"{"Effect":"Allow","Action":"sns:*","Resource":"*"}"#);
    let ana = "arn:aws:iam::123456789012:user/ana";
    let bucket = policy(&format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"{ana}"}},"Action":"s3:GetObject","Resource":"{OBJECT}"}},
           {{"Effect":"Deny","Principal":"*","Action":"sns:*","Resource":"*"}}"#
    ));
    let mut given = vec![
        ("PolicyInputList.member.1", nothing.as_str()),
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "sns:Publish"),
        ("ResourceArns.member.1", OBJECT),
        ("ResourcePolicy", bucket.as_str()),
    ];
    let sentence = "CallerArn must be given with ResourcePolicy where the policies are not those of a user.";
    ask(&app, &given).await.expect_error(400, "InvalidInput", sentence);
    given.push(("CallerArn", ana));
    let answer = ask(&app, &given).await;
    assert_eq!(told(&answer, "EvalDecision"), ["allowed", "explicitDeny"]);
    assert_eq!(told(&answer, "MatchedStatements.member.SourcePolicyId"), ["ResourcePolicy"; 2]);
    assert_eq!(told(&answer, "MatchedStatements.member.SourcePolicyType"), ["resource"; 2]);
    given.pop();
    given.push(("CallerArn", "arn:aws:iam::123456789012:user/bob"));
    assert_eq!(told(&ask(&app, &given).await, "EvalDecision"), ["implicitDeny", "explicitDeny"]);
}

#[cognate_test]
async fn what_cannot_be_simulated_is_refused(app: App) {
    let all = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let base = [("PolicyInputList.member.1", all.as_str()), ("ActionNames.member.1", "s3:GetObject")];
    let foreign = "arn:aws:iam::999999999999:user/eve";
    let two = [("ContextEntries.member.1.ContextKeyName", "aws:username")];
    for (more, sentence) in [
        ([("PolicyInputList.member.2", "{")].as_slice(), "Invalid policy PolicyInputList.2: Syntax errors in policy."),
        (&[("ResourcePolicy", &all)], "Invalid policy ResourcePolicy: Missing required field Principal"),
        (&[("ActionNames.member.2", "s3:*")], "s3:* is not the name of an action: service:Name, without wildcards."),
        (&[("ResourceArns.member.1", "bucket")], "Resource bucket must be in ARN format or \"*\"."),
        (&[("ResourceHandlingOption", "EC2-VPC-EBS")], "ResourceHandlingOption is not supported."),
        (
            &[("ResourceOwner", "arn:aws:iam::999999999999:root")],
            "arn:aws:iam::999999999999:root belongs to another account, which cannot be simulated.",
        ),
        (
            &[("CallerArn", foreign)],
            "arn:aws:iam::999999999999:user/eve belongs to another account, which cannot be simulated.",
        ),
        (
            &[("CallerArn", "arn:aws:iam::123456789012:role/r")],
            "CallerArn arn:aws:iam::123456789012:role/r must be the ARN of a user.",
        ),
        (&two, "Context entries must have a name and a type."),
    ] {
        ask(&app, &[&base, more].concat()).await.expect_error(400, "InvalidInput", sentence);
    }
    let ours = [base.as_slice(), &[("ResourceOwner", "arn:aws:iam::123456789012:root")]].concat();
    ask(&app, &ours).await.expect_ok();
}

/// `count` actions of one list.
fn actions(count: usize) -> Vec<(String, String)> {
    (1..=count).map(|at| (format!("ActionNames.member.{at}"), format!("s3:Get{at}"))).collect()
}

#[cognate_test]
async fn results_come_in_pages_and_a_marker_goes_with_its_question(app: App) {
    let all = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let actions = actions(5);
    let base = actions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let base: Vec<_> = base.chain([("PolicyInputList.member.1", all.as_str()), ("MaxItems", "2")]).collect();
    let (mut seen, mut marker) = (Vec::new(), None::<String>);
    loop {
        let more = marker.as_deref().map(|marker| ("Marker", marker));
        let answer = ask(&app, &base.iter().copied().chain(more).collect::<Vec<_>>()).await;
        let page = told(&answer, "EvalActionName");
        assert!(page.len() <= 2);
        seen.extend(page);
        if answer.value("SimulateCustomPolicyResult.IsTruncated") == "false" {
            break;
        }
        marker = Some(answer.value("SimulateCustomPolicyResult.Marker"));
    }
    assert_eq!(seen, ["s3:Get1", "s3:Get2", "s3:Get3", "s3:Get4", "s3:Get5"]);
    let marker = marker.unwrap();
    let other = [base.as_slice(), &[("ResourceArns.member.1", OBJECT), ("Marker", &marker)]].concat();
    ask(&app, &other).await.expect_error(400, "ValidationError", "Invalid Marker.");
}

#[cognate_test]
async fn a_simulation_is_bounded(app: App) {
    let statement = r#"{"Effect":"Allow","Action":"a:*","Resource":"*"}"#;
    let many = policy(&vec![statement; 101].join(","));
    let ask = async |count: usize| {
        let actions = actions(count);
        let base = actions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        ask(&app, &base.chain([("PolicyInputList.member.1", many.as_str()), ("MaxItems", "1")]).collect::<Vec<_>>())
            .await
    };
    ask(495).await.expect_ok();
    let sentence = "Actions times resources times statements of a simulation can be 50000 at most.";
    ask(496).await.expect_error(400, "InvalidInput", sentence);
}

#[cognate_test]
async fn long_policies_make_short_pages(app: App) {
    let long =
        policy(&format!(r#"{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{}/*"}}"#, "x".repeat(100_000)));
    let actions = actions(400);
    let base = actions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let base: Vec<_> = base.chain([("PolicyInputList.member.1", long.as_str()), ("MaxItems", "1000")]).collect();
    let first = ask(&app, &base).await;
    let count = told(&first, "EvalActionName").len();
    assert!((100..200).contains(&count), "{count}");
    assert_eq!(first.value("SimulateCustomPolicyResult.IsTruncated"), "true");
    // Resources that take long to compare cost more.
    let resource = format!("arn:aws:s3:::{}", "x".repeat(2_000));
    let slow = ask(&app, &[base.as_slice(), &[("ResourceArns.member.1", resource.as_str())]].concat()).await;
    let count = told(&slow, "EvalActionName").len();
    assert!((1..10).contains(&count), "{count}");
}
