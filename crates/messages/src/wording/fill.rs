//! Replaces placeholders in one pass: what was put in is never looked at again.

/// A placeholder as it stands in a template, and what comes in its place.
#[derive(Clone)]
pub(super) struct Placeholder {
    /// With its braces; an empty one stands nowhere.
    pub name: &'static str,
    /// What comes in its place.
    pub value: String,
}

pub(super) fn fill(template: &str, placeholders: &[Placeholder]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let found = placeholders.iter().filter(|p| !p.name.is_empty()).find(|p| from.starts_with(p.name));
        match found {
            Some(placeholder) => {
                out.push_str(&placeholder.value);
                rest = from.strip_prefix(placeholder.name).unwrap_or_default();
            }
            None => {
                out.push('{');
                rest = from.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_is_replaced_once_and_foreign_braces_stay() {
        let code = Placeholder { name: "{####}", value: "{####}{username}".into() };
        let name = Placeholder { name: "{username}", value: "ana".into() };
        let none = Placeholder { name: "", value: "!".into() };
        let filled = fill("{{####}} {x} {username}{ {####", &[code, name, none]);
        assert_eq!(filled, "{{####}{username}} {x} ana{ {####");
    }
}
