//! XML as our own services write it: elements and texts. Enough to look into an answer, and no more.

/// An element of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Its text, when it holds no elements.
    pub text: String,
    /// What it holds.
    pub inside: Vec<Element>,
}

impl Element {
    /// Reads a document; `None` when it is not well formed.
    #[must_use]
    pub fn read(document: &str) -> Option<Self> {
        let mut rest = document.trim_start();
        if let Some(after) = rest.strip_prefix("<?xml") {
            rest = after.split_once("?>")?.1.trim_start();
        }
        let (element, rest) = Self::one(rest)?;
        rest.trim().is_empty().then_some(element)
    }

    /// Every element at a dotted path below this one.
    #[must_use]
    pub fn at(&self, path: &str) -> Vec<&Self> {
        path.split('.').fold(vec![self], |found, name| {
            found.into_iter().flat_map(|element| element.inside.iter().filter(|inner| inner.name == name)).collect()
        })
    }

    fn one(text: &str) -> Option<(Self, &str)> {
        let (tag, mut rest) = text.strip_prefix('<')?.split_once('>')?;
        let empty = tag.ends_with('/');
        let name = tag.trim_end_matches('/').split(' ').next()?.to_owned();
        let mut element = Self { name, ..Self::default() };
        if empty {
            return Some((element, rest));
        }
        let end = format!("</{}>", element.name);
        loop {
            if let Some(after) = rest.strip_prefix(&end) {
                return Some((element, after));
            }
            if rest.starts_with('<') {
                let (inner, after) = Self::one(rest)?;
                element.inside.push(inner);
                rest = after;
            } else {
                let at = rest.find('<')?;
                element.text.push_str(&unescaped(&rest[..at]));
                rest = &rest[at..];
            }
        }
    }
}

fn unescaped(text: &str) -> String {
    let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&#xA;", "\n")];
    let opened = known.iter().fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain));
    opened.replace("&#xD;", "\r").replace("&#13;", "\r").replace("&#10;", "\n").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_their_path() {
        let text = "<A xmlns=\"u\"><B><member><C>1 &amp;amp; 2</C></member><member><C>3</C></member></B><D/></A>";
        let read = Element::read(text).unwrap();
        let texts: Vec<&str> = read.at("B.member.C").into_iter().map(|c| c.text.as_str()).collect();
        assert_eq!(texts, ["1 &amp; 2", "3"]);
        assert_eq!(read.at("D").len(), 1);
        assert_eq!(Element::read("<A><B></A></B>"), None);
        assert_eq!(Element::read("{}"), None);
    }
}
