use testkit::prelude::*;

const TAGGED: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*",
    "Resource":"arn:aws:s3:::b/${aws:username}/*",
    "Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}}}"#;
const AGAIN: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":"iam:*","Resource":"*",
    "Condition":{"Bool":{"AWS:SecureTransport":"false"},"Null":{"AWS:UserName":"true"}}}}"#;
const KEYS: [&str; 4] = ["aws:username", "aws:ResourceTag/team", "aws:PrincipalTag/team", "AWS:SecureTransport"];

#[cognate_test]
async fn keys_of_given_policies_are_listed_once(app: App) {
    let given = [("PolicyInputList.member.1", TAGGED), ("PolicyInputList.member.2", AGAIN)];
    let answer = app.query(Service::Iam, "GetContextKeysForCustomPolicy", &given).await;
    assert_eq!(answer.values("GetContextKeysForCustomPolicyResult.ContextKeyNames.member"), KEYS);
    let broken = [given[0], ("PolicyInputList.member.2", "{}")];
    let answer = app.query(Service::Iam, "GetContextKeysForCustomPolicy", &broken).await;
    answer.expect_error(400, "InvalidInput", "Invalid policy PolicyInputList.2: Syntax errors in policy.");
}

#[cognate_test]
async fn keys_of_a_principals_policies_its_groups_and_its_boundary_are_listed(app: App) {
    let done = async |op: &str, given: &[(&str, &str)]| app.query(Service::Iam, op, given).await.expect_ok();
    done("CreateUser", &[("UserName", "ana")]).await;
    done("CreateGroup", &[("GroupName", "g")]).await;
    done("AddUserToGroup", &[("GroupName", "g"), ("UserName", "ana")]).await;
    done("PutGroupPolicy", &[("GroupName", "g"), ("PolicyName", "p"), ("PolicyDocument", TAGGED)]).await;
    done("CreatePolicy", &[("PolicyName", "bound"), ("PolicyDocument", AGAIN)]).await;
    let arn = "arn:aws:iam::123456789012:policy/bound";
    done("PutUserPermissionsBoundary", &[("UserName", "ana"), ("PermissionsBoundary", arn)]).await;
    let op = "GetContextKeysForPrincipalPolicy";
    let of = async |arn: &str| app.query(Service::Iam, op, &[("PolicySourceArn", arn)]).await;
    let answer = of("arn:aws:iam::123456789012:user/ana").await;
    assert_eq!(answer.values("GetContextKeysForPrincipalPolicyResult.ContextKeyNames.member"), KEYS);
    let added = [("PolicySourceArn", "arn:aws:iam::123456789012:group/g"), ("PolicyInputList.member.1", AGAIN)];
    let answer = app.query(Service::Iam, op, &added).await;
    assert_eq!(answer.values("GetContextKeysForPrincipalPolicyResult.ContextKeyNames.member"), KEYS);
    let sentence = "The role with name ana cannot be found.";
    of("arn:aws:iam::123456789012:role/ana").await.expect_error(404, "NoSuchEntity", sentence);
}
