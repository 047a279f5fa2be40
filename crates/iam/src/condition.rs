//! One entry of a condition block: an operator, a key, and the values it asks for.

use crate::context::Context;
use crate::operator::{Operator, Quantifier};
use crate::statement::Effect;
use crate::wanted::Wanted;

/// A compiled entry.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// The operator's name as written.
    pub operator_name: String,
    /// The operator.
    pub operator: Operator,
    /// The key as written.
    pub key: String,
    /// The key in lower case.
    pub folded: String,
    /// The values as written.
    pub written: Vec<String>,
    /// The values.
    pub wanted: Wanted,
}

impl Condition {
    /// Whether it holds for a request, in a statement of this effect.
    pub(crate) fn holds(&self, effect: Effect, context: &Context) -> bool {
        let values = context.folded(&self.folded);
        if let Wanted::Absent(flags) = &self.wanted {
            return flags.contains(&values.is_empty());
        }
        let Operator { negated, quantifier, if_exists, .. } = self.operator;
        // CR-18: an unresolved variable matches nothing, and "differs from nothing" must not grant.
        if negated && effect == Effect::Allow && self.wanted.is_unresolved(context) {
            return false;
        }
        let holds = |value: &String| self.wanted.matches(value, context) != negated;
        match quantifier {
            _ if values.is_empty() && if_exists => true,
            Quantifier::Any => values.iter().any(holds),
            // Without values, nothing contradicts: true, as the language has it.
            Quantifier::All => values.iter().all(holds),
            Quantifier::Unsaid if negated => values.iter().all(holds),
            Quantifier::Unsaid => values.iter().any(holds),
        }
    }

    /// Keys it asks for: its own, and those its values take from the request.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key.as_str()).chain(self.wanted.variables())
    }
}
