//! The same document with other names of principals in it. Names are given out anew and unique ids are not: a stored
//! policy is judged by the ids its principals had when it was written, and shown with the names they have now.

use crate::document::SYNTAX;
use crate::json::{self, Json};
use crate::malformed::Malformed;

/// The document in which every `"AWS"` principal that is the first of a pair has become the second. Everything else says
/// what it said before, written without blanks.
///
/// # Errors
/// [`Malformed`] when it is no JSON.
pub fn with_principals(text: &str, names: &[(String, String)]) -> Result<String, Malformed> {
    let mut tree = json::read(text).map_err(|error| Malformed::new(SYNTAX, error.to_string()))?;
    let statements = tree.member_mut("Statement").map(Json::one_or_many_mut).unwrap_or_default();
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            let named = statement.member_mut(element).and_then(|principal| principal.member_mut("AWS"));
            named.map(Json::one_or_many_mut).unwrap_or_default().iter_mut().for_each(|one| rename(one, names));
        }
    }
    Ok(tree.to_string())
}

fn rename(one: &mut Json, names: &[(String, String)]) {
    if let Json::Scalar { text, quoted: true } = one
        && let Some((_, new)) = names.iter().find(|(old, _)| old == text)
    {
        text.clone_from(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Policy};

    const ANA: &str = "arn:aws:iam::123456789012:user/ana";
    const ID: &str = "AIDA234567ABCDEFGHIJK";

    fn renamed(text: &str) -> String {
        with_principals(text, &[(ANA.to_owned(), ID.to_owned())]).unwrap()
    }

    #[test]
    fn principals_get_other_names_wherever_they_stand_and_nothing_else_does() {
        let text = format!(
            r#"{{ "Version": "2012-10-17", "Statement": [
                {{ "Sid": "{ANA}", "Effect": "Allow", "Principal": {{ "AWS": ["{ANA}", "123456789012"], "Service": "{ANA}" }},
                   "Action": "sts:AssumeRole", "Condition": {{ "StringEquals": {{ "aws:PrincipalArn": "{ANA}", "n": 1.5 }} }} }},
                {{ "Effect": "Deny", "NotPrincipal": {{ "AWS": "{ANA}" }}, "Action": "sts:AssumeRole" }},
                {{ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" }} ] }}"#
        );
        let expected = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{ANA}","Effect":"Allow","Principal":{{"AWS":["{ID}","123456789012"],"Service":"{ANA}"}},"Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"aws:PrincipalArn":"{ANA}","n":1.5}}}}}},{{"Effect":"Deny","NotPrincipal":{{"AWS":"{ID}"}},"Action":"sts:AssumeRole"}},{{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}]}}"#
        );
        assert_eq!(renamed(&text), expected);
        let named = |text: &str| {
            let policy = Policy::parse(text, Kind::Trust).unwrap();
            policy.principals().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!((named(&text), named(&expected)), (vec![ANA.to_owned()], vec![ID.to_owned()]));
    }

    #[test]
    fn one_statement_needs_no_list_and_what_is_none_stays() {
        let one = format!(r#"{{"Statement":{{"Principal":{{"AWS":"{ANA}"}}}}}}"#);
        assert_eq!(renamed(&one), one.replace(ANA, ID));
        for text in ["{}", "[]", "null", r#"{"Statement":[1,[],{"Principal":{"AWS":[7,null]}}]}"#] {
            assert_eq!(renamed(text), text);
        }
        assert!(with_principals("{", &[]).is_err());
    }
}
