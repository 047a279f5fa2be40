use testkit::prelude::*;

const RESULT: &str = "SimulatePrincipalPolicyResult.EvaluationResults.member";
const ANA: &str = "arn:aws:iam::123456789012:user/ana";
const TRUST: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;

fn statement(effect: &str, action: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}}}"#)
}

async fn done(app: &App, op: &str, given: &[(&str, &str)]) {
    app.query(Service::Iam, op, given).await.expect_ok();
}

async fn put(app: &App, kind: &str, name: &str, document: &str) {
    let whom = format!("{kind}Name");
    let given = [(whom.as_str(), name), ("PolicyName", "own"), ("PolicyDocument", document)];
    done(app, &format!("Put{kind}Policy"), &given).await;
}

/// Ana with a policy of her own (s3), one of a group (sns) and a managed one of the account (sqs).
async fn ana(app: &App) {
    done(app, "CreateUser", &[("UserName", "ana"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "red")])
        .await;
    done(app, "CreateGroup", &[("GroupName", "g")]).await;
    done(app, "AddUserToGroup", &[("GroupName", "g"), ("UserName", "ana")]).await;
    put(app, "User", "ana", &statement("Allow", "s3:*")).await;
    put(app, "Group", "g", &statement("Allow", "sns:*")).await;
    done(app, "CreatePolicy", &[("PolicyName", "queues"), ("PolicyDocument", &statement("Allow", "sqs:*"))]).await;
    done(app, "AttachUserPolicy", &[("UserName", "ana"), ("PolicyArn", "arn:aws:iam::123456789012:policy/queues")])
        .await;
}

async fn ask(app: &App, who: &str, actions: &[&str], more: &[(&str, &str)]) -> Answer {
    let names: Vec<String> = (1..=actions.len()).map(|at| format!("ActionNames.member.{at}")).collect();
    let mut given = vec![("PolicySourceArn", who)];
    given.extend(names.iter().map(String::as_str).zip(actions.iter().copied()));
    given.extend(more);
    app.query(Service::Iam, "SimulatePrincipalPolicy", &given).await
}

fn told(answer: &Answer, path: &str) -> Vec<String> {
    answer.values(&format!("{RESULT}.{path}"))
}

#[cognate_test]
async fn a_user_is_judged_with_all_it_holds(app: App) {
    ana(&app).await;
    let four = ["s3:GetObject", "sns:Publish", "sqs:SendMessage", "iam:CreateUser"];
    let answer = ask(&app, ANA, &four, &[]).await;
    assert_eq!(told(&answer, "EvalDecision"), ["allowed", "allowed", "allowed", "implicitDeny"]);
    let matched = |path: &str| told(&answer, &format!("MatchedStatements.member.{path}"));
    assert_eq!(matched("SourcePolicyId"), ["user_ana_own", "group_g_own", "queues"]);
    assert_eq!(matched("SourcePolicyType"), ["user", "group", "user-managed"]);
    // The request's own policies count beside them, and a Deny is final.
    let deny = statement("Deny", "s3:GetObject");
    let answer = ask(&app, ANA, &four[..1], &[("PolicyInputList.member.1", &deny)]).await;
    assert_eq!(told(&answer, "EvalDecision"), ["explicitDeny"]);
    assert_eq!(told(&answer, "MatchedStatements.member.SourcePolicyId"), ["PolicyInputList.1"]);
}

#[cognate_test]
async fn groups_and_roles_are_judged_too(app: App) {
    ana(&app).await;
    done(&app, "CreateRole", &[("RoleName", "r"), ("Path", "/p/"), ("AssumeRolePolicyDocument", TRUST)]).await;
    put(&app, "Role", "r", &statement("Allow", "s3:*")).await;
    let read_only = "arn:aws:iam::aws:policy/AdministratorAccess";
    done(&app, "AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", read_only)]).await;
    let role = ask(&app, "arn:aws:iam::123456789012:role/p/r", &["s3:GetObject", "sns:Publish"], &[]).await;
    assert_eq!(told(&role, "EvalDecision"), ["allowed", "implicitDeny"]);
    assert_eq!(told(&role, "MatchedStatements.member.SourcePolicyId"), ["role_r_own"]);
    let group = ask(&app, "arn:aws:iam::123456789012:group/g", &["s3:GetObject"], &[]).await;
    assert_eq!(told(&group, "MatchedStatements.member.SourcePolicyType"), ["aws-managed"]);
    assert_eq!(told(&group, "MatchedStatements.member.SourcePolicyId"), ["AdministratorAccess"]);
}

#[cognate_test]
async fn cr_15_the_principals_boundary_counts_unless_the_request_brings_another(app: App) {
    ana(&app).await;
    let bound = statement("Allow", "sns:*");
    done(&app, "CreatePolicy", &[("PolicyName", "bound"), ("PolicyDocument", &bound)]).await;
    let arn = "arn:aws:iam::123456789012:policy/bound";
    done(&app, "PutUserPermissionsBoundary", &[("UserName", "ana"), ("PermissionsBoundary", arn)]).await;
    let two = ["s3:GetObject", "sns:Publish"];
    let detail = "PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary";
    let answer = ask(&app, ANA, &two, &[]).await;
    assert_eq!(told(&answer, "EvalDecision"), ["implicitDeny", "allowed"]);
    assert_eq!(told(&answer, detail), ["false", "true"]);
    let other = statement("Allow", "s3:*");
    let answer = ask(&app, ANA, &two, &[("PermissionsBoundaryPolicyInputList.member.1", &other)]).await;
    assert_eq!(told(&answer, "EvalDecision"), ["allowed", "implicitDeny"]);
    let without = [
        ("PolicyExclusionList.member.1.PolicyType", "permission-boundary"),
        ("PolicyExclusionList.member.1.PolicyArn", arn),
    ];
    let answer = ask(&app, ANA, &two, &without).await;
    assert_eq!(told(&answer, "EvalDecision"), ["allowed", "allowed"]);
    assert!(told(&answer, detail).is_empty());
}

#[cognate_test]
async fn policies_can_be_left_out(app: App) {
    ana(&app).await;
    let three = ["s3:GetObject", "sns:Publish", "sqs:SendMessage"];
    let without = async |more: &[(&str, &str)]| {
        let given: Vec<(String, &str)> =
            more.iter().map(|(name, value)| (format!("PolicyExclusionList.member.1.{name}"), *value)).collect();
        let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        ask(&app, ANA, &three, &given).await
    };
    let managed = [("PolicyType", "user-managed"), ("PolicyArn", "arn:aws:iam::123456789012:policy/queues")];
    assert_eq!(told(&without(&managed).await, "EvalDecision"), ["allowed", "allowed", "implicitDeny"]);
    let inline = [
        ("PolicyType", "inline"),
        ("InlinePolicyIdentifier.PolicyName", "own"),
        ("InlinePolicyIdentifier.AttachmentType", "group"),
        ("InlinePolicyIdentifier.AttachmentName", "g"),
    ];
    assert_eq!(told(&without(&inline).await, "EvalDecision"), ["allowed", "implicitDeny", "allowed"]);
    let sentence = "A policy to exclude is named either by PolicyArn or by InlinePolicyIdentifier.";
    without(&[("PolicyType", "inline")]).await.expect_error(400, "InvalidInput", sentence);
}

#[cognate_test]
async fn cr_18_variables_and_tags_are_the_principals_own(app: App) {
    ana(&app).await;
    let own = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"x:*",
        "Resource":"arn:aws:x:::${aws:username}/${aws:PrincipalTag/team}"}}"#;
    for (resource, decision) in [("arn:aws:x:::ana/red", "allowed"), ("arn:aws:x:::bob/red", "implicitDeny")] {
        let more = [("PolicyInputList.member.1", own), ("ResourceArns.member.1", resource), ("CallerArn", ANA)];
        for more in [&more[..2], &more] {
            assert_eq!(told(&ask(&app, ANA, &["x:Do"], more).await, "EvalDecision"), [decision]);
        }
    }
    // Asked as somebody else, Ana's policies see him.
    let bob = [
        ("PolicyInputList.member.1", own),
        ("ResourceArns.member.1", "arn:aws:x:::bob/red"),
        ("CallerArn", "arn:aws:iam::123456789012:user/bob"),
    ];
    let answer = ask(&app, ANA, &["x:Do"], &bob).await;
    assert_eq!(told(&answer, "EvalDecision"), ["implicitDeny"]);
    assert_eq!(told(&answer, "MissingContextValues.member"), ["aws:PrincipalTag/team"]);
}

#[cognate_test]
async fn what_is_simulated_is_what_is_decided(app: App) {
    let ana = app.iam_user("ana").await;
    let tagged = json!({ "StringEquals": { "aws:username": "ana" } });
    ana.may(json!([
        { "Effect": "Allow", "Action": ["iam:GetUser", "iam:List*"], "Resource": "*", "Condition": tagged },
        { "Effect": "Deny", "Action": "iam:ListRoles", "Resource": "*" },
    ]))
    .await;
    for (action, given, resource) in [
        ("GetUser", vec![("UserName", "ana")], ANA),
        ("ListUsers", vec![], "*"),
        ("ListRoles", vec![], "*"),
        ("CreateUser", vec![("UserName", "new")], "arn:aws:iam::123456789012:user/new"),
    ] {
        let real = app.query_by(&ana.credentials, Service::Iam, action, &given).await;
        let asked = format!("iam:{action}");
        let simulated = ask(&app, &ana.arn, &[&asked], &[("ResourceArns.member.1", resource)]).await;
        let allowed = told(&simulated, "EvalDecision") == ["allowed"];
        assert_eq!(allowed, real.error() != "AccessDenied", "{action} {simulated:?} {real:?}");
    }
}

#[cognate_test]
async fn who_is_not_there_cannot_be_simulated(app: App) {
    ana(&app).await;
    for (arn, sentence) in [
        ("arn:aws:iam::123456789012:user/bob", "The user with name bob cannot be found."),
        ("arn:aws:iam::123456789012:user/other/path/ana", "The user with name ana cannot be found."),
        ("arn:aws:iam::999999999999:user/ana", "The user with name ana cannot be found."),
        ("arn:aws:iam::123456789012:group/none", "The group with name none cannot be found."),
        ("arn:aws:iam::123456789012:role/none", "The role with name none cannot be found."),
    ] {
        ask(&app, arn, &["s3:GetObject"], &[]).await.expect_error(404, "NoSuchEntity", sentence);
    }
    for arn in ["arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:assumed-role/r/s", "nobody-in-particular"]
    {
        let sentence = format!("ARN {arn} is not valid.");
        ask(&app, arn, &["s3:GetObject"], &[]).await.expect_error(400, "InvalidInput", &sentence);
    }
}

#[cognate_test]
async fn a_kept_policy_that_cannot_be_read_is_no_answer(app: App) {
    let ana = app.iam_user("ana").await;
    ana.may(json!([{ "Effect": "Perhaps", "Action": "*", "Resource": "*" }])).await;
    let answer = ask(&app, &ana.arn, &["s3:GetObject"], &[]).await;
    answer.expect_error(500, "PolicyEvaluation", "Policy user_ana_only could not be evaluated.");
}
