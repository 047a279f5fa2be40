//! The nearest known name to a misspelt one.

/// The known name with the fewest edits, when few enough that it is probably meant.
pub(super) fn nearest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let bound = written.chars().count() / 3;
    known
        .map(|name| (distance(written, name), name))
        .filter(|(edits, _)| *edits <= bound.max(1))
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein's distance, two swapped neighbours counting as one edit.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let at = |line: &[usize], n: usize| line.get(n).copied().unwrap_or(usize::MAX - 1);
            let mut cost = (at(&last, j) + usize::from(from != to)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            if swapped {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_drops_and_additions_cost_one_each() {
        assert_eq!(distance("url", "ulr"), 1);
        assert_eq!(distance("regions", "region"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_name_far_from_all_others_gets_no_suggestion() {
        assert_eq!(nearest("colour", ["database.url", "regions"].into_iter()), None);
        assert_eq!(nearest("databse.url", ["database.url", "regions"].into_iter()), Some("database.url"));
    }
}
