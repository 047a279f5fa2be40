//! Groups of a pool, and what being in some of them puts into a person's tokens (user-pools.md 15, tokens.md 4).

use kernel::{Time, UserPoolId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most groups of a pool.
pub const GROUPS_PER_POOL_MAX: u32 = 10_000;
/// Most groups a person is in.
pub const GROUPS_PER_USER_MAX: u32 = 100;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The pool.
    pub pool: UserPoolId,
    /// What its members are stored under: a group made anew under an old name has none of the old one's members.
    pub id: Uuid,
    /// Unique in its pool; case counts.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The role its members may take.
    pub role_arn: Option<String>,
    /// The lower, the better; a group without one comes last.
    pub precedence: Option<i64>,
    /// When it was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
}

/// What tokens must know about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rank {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role_arn: Option<String>,
    /// Its precedence.
    pub precedence: Option<i64>,
}

/// The groups a person is in, as their tokens tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// `cognito:groups`: the best precedence first, then by name.
    pub groups: Vec<String>,
    /// `cognito:roles`: their roles in the same order, each once.
    pub roles: Vec<String>,
    /// `cognito:preferred_role`: the one role of the best precedence.
    pub preferred_role: Option<String>,
}

impl Membership {
    /// What being in these groups means.
    #[must_use]
    pub fn of(mut groups: Vec<Rank>) -> Self {
        groups.sort_by(|a, b| place(a).cmp(&place(b)));
        let preferred_role = preferred_role(&groups);
        let mut roles: Vec<String> = Vec::new();
        for role in groups.iter().filter_map(|group| group.role_arn.as_ref()) {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        Self { groups: groups.into_iter().map(|group| group.name).collect(), roles, preferred_role }
    }
}

/// Where a group stands: none is larger than any number, hence last.
fn place(group: &Rank) -> (bool, Option<i64>, &str) {
    (group.precedence.is_none(), group.precedence, &group.name)
}

/// The role of the best precedence among the groups that have one. Where several groups share that precedence and do
/// not agree, nobody is preferred.
fn preferred_role(ranked: &[Rank]) -> Option<String> {
    let with_role = |group: &&Rank| group.role_arn.is_some();
    let best = ranked.iter().find(with_role)?.precedence;
    let roles: BTreeSet<&str> =
        ranked.iter().filter(|group| group.precedence == best).filter_map(|group| group.role_arn.as_deref()).collect();
    let only = roles.first().copied().filter(|_| roles.len() == 1)?;
    Some(only.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, precedence: Option<i64>, role: Option<&str>) -> Rank {
        Rank { name: name.to_owned(), role_arn: role.map(str::to_owned), precedence }
    }

    fn preferred(groups: Vec<Rank>) -> Option<String> {
        Membership::of(groups).preferred_role
    }

    #[test]
    fn tk_07_groups_stand_by_precedence_then_name_and_those_without_one_last() {
        let all = vec![
            group("late", None, Some("r1")),
            group("b", Some(5), Some("r2")),
            group("a", Some(5), None),
            group("first", Some(0), Some("r1")),
            group("early", None, None),
        ];
        let told = Membership::of(all);
        assert_eq!(told.groups, ["first", "a", "b", "early", "late"]);
        assert_eq!(told.roles, ["r1", "r2"], "each role once");
        assert_eq!(told.preferred_role.as_deref(), Some("r1"));
    }

    #[test]
    fn tk_07_ties_prefer_a_role_only_when_they_agree() {
        let equal =
            vec![group("a", Some(1), Some("r")), group("b", Some(1), Some("r")), group("c", Some(2), Some("x"))];
        assert_eq!(preferred(equal).as_deref(), Some("r"));
        let different = vec![group("a", Some(1), Some("r")), group("b", Some(1), Some("s"))];
        assert_eq!(preferred(different), None);
        let unranked = vec![group("a", None, Some("r")), group("b", None, Some("s"))];
        assert_eq!(preferred(unranked), None);
        assert_eq!(preferred(vec![group("a", None, Some("r")), group("b", None, None)]).as_deref(), Some("r"));
    }

    #[test]
    fn tk_07_a_group_without_a_role_prefers_nothing() {
        let roleless_first = vec![group("a", Some(0), None), group("b", Some(9), Some("r"))];
        assert_eq!(preferred(roleless_first).as_deref(), Some("r"), "the only role there is");
        assert_eq!(preferred(vec![group("a", Some(0), None)]), None);
        assert_eq!(Membership::of(Vec::new()), Membership::default());
    }
}
