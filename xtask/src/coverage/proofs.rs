//! Which tests name which checklist lines.

use super::checklist::Line;
use crate::codegen::output::files_below;
use regex::Regex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

// Not xtask: its tests are about the house, and their made-up sources would prove whatever they spell.
const ROOTS: [&str; 2] = ["crates", "e2e"];
const SCRIPTS: [&str; 6] = ["py", "js", "mjs", "ts", "html", "sh"];
const SKIPPED: [&str; 4] = ["/node_modules/", "/target/", "/__pycache__/", "/.work/"];

#[allow(clippy::expect_used, reason = "a constant pattern")]
static IN_NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|_)([a-z]{2})_(\d{1,2})(?:_|$)").expect("compiles"));
#[allow(clippy::expect_used, reason = "a constant pattern")]
static IN_TEXT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b([A-Z]{2})-(\d{1,2})\b").expect("compiles"));
#[allow(clippy::expect_used, reason = "a constant pattern")]
static FUNCTION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(?:pub )?(?:async )?fn (\w+)").expect("compiles"));
#[allow(clippy::expect_used, reason = "a constant pattern")]
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w+").expect("compiles"));

/// Every line that a test names, with the tests that name it.
pub(super) fn find(root: &Path) -> BTreeMap<Line, Vec<String>> {
    let mut proofs: BTreeMap<Line, Vec<String>> = BTreeMap::new();
    for path in ROOTS.iter().flat_map(|dir| files_below(&root.join(dir))) {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if SKIPPED.iter().any(|part| name.contains(part)) || !(kind == "rs" || SCRIPTS.contains(&kind)) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let found = if kind == "rs" { in_rust(&text) } else { in_script(&text) };
        for (line, test) in found {
            proofs.entry(line).or_default().push(format!("{name} {test}").trim_end().to_owned());
        }
    }
    proofs
}

/// Numbers in the names of test functions and in the comments right above them. An ignored test proves nothing.
fn in_rust(text: &str) -> Vec<(Line, String)> {
    let mut found = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") || line.starts_with("//") {
            above.push(line);
            continue;
        }
        if let Some(name) = FUNCTION.captures(line).and_then(|caught| caught.get(1)) {
            let attribute = |word: &str| above.iter().any(|line| line.starts_with("#[") && line.contains(word));
            if attribute("test") && !attribute("ignore") {
                let comments =
                    above.iter().filter(|line| line.starts_with("//")).flat_map(|line| numbers(&IN_TEXT, line));
                let all = numbers(&IN_NAME, name.as_str()).into_iter().chain(comments);
                found.extend(all.map(|line| (line, name.as_str().to_owned())));
            }
        }
        above.clear();
    }
    found
}

/// Scripts of `e2e` are tests as a whole: a number counts wherever it stands.
fn in_script(text: &str) -> Vec<(Line, String)> {
    let words = WORD.find_iter(text).flat_map(|word| numbers(&IN_NAME, word.as_str()));
    let mut lines: Vec<Line> = numbers(&IN_TEXT, text).into_iter().chain(words).collect();
    lines.sort();
    lines.dedup();
    lines.into_iter().map(|line| (line, String::new())).collect()
}

fn numbers(pattern: &Regex, text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    let mut from = 0;
    // Neighbours share an underscore (`up_07_up_08_x`), so the search goes on inside the last match.
    while let Some(caught) = text.get(from..).and_then(|rest| pattern.captures(rest)) {
        let (Some(prefix), Some(number)) = (caught.get(1), caught.get(2)) else { break };
        // "of 64" is a number of callers in the names of races.
        let is_word = prefix.as_str().eq_ignore_ascii_case("of");
        if let Some(parsed) = number.as_str().parse().ok().filter(|_| !is_word) {
            found.push(Line { prefix: prefix.as_str().to_uppercase(), number: parsed });
        }
        from += number.end();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(found: Vec<(Line, String)>) -> Vec<String> {
        found.into_iter().map(|(line, test)| format!("{line} {test}").trim().to_owned()).collect()
    }

    #[test]
    fn names_and_doc_lines_of_tests_count_and_nothing_else_does() {
        let text = "
            /// UP-99 is said about no test.
            fn up_98_helper() {}
            #[test]
            fn up_07_up_08_two_at_once() { let up_97_x = 1; }
            /// Proves TK-3 and TK-21.
            #[cognate_test]
            async fn a_refresh_token_is_good_once(app: App) {}
            #[test]
            #[ignore = \"slow\"]
            fn st_01_not_run() {}
            #[tokio::test]
            async fn waits_for_au_10() {}
        ";
        let expected = [
            "UP-7 up_07_up_08_two_at_once",
            "UP-8 up_07_up_08_two_at_once",
            "TK-3 a_refresh_token_is_good_once",
            "TK-21 a_refresh_token_is_good_once",
            "AU-10 waits_for_au_10",
        ];
        assert_eq!(told(in_rust(text)), expected);
    }

    #[test]
    fn a_script_counts_as_a_whole() {
        assert_eq!(
            told(in_script("def test_up_48_pages(): pass\n# UP-48, CR-4\nx = up_9\n")),
            ["CR-4", "UP-9", "UP-48"]
        );
    }
}
