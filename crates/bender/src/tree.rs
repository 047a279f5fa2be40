//! The bent copy of the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bend::{Bent, bend};
use crate::list::Mutant;
use crate::state::Outcome;
use crate::switch;

/// Copies `from` to `to`, the `bent` files excepted. A file that is the same keeps its time.
pub fn copy(from: &Path, to: &Path, bent: &BTreeSet<String>) -> Result<()> {
    let wanted: BTreeSet<PathBuf> = files(from)?.into_iter().collect();
    for path in wanted.iter().filter(|path| !bent.contains(&*path.to_string_lossy())) {
        let text = fs::read(from.join(path)).with_context(|| format!("reading {}", path.display()))?;
        write(&to.join(path), &text)?;
    }
    for stranger in files(to)?.into_iter().filter(|path| !wanted.contains(path)) {
        fs::remove_file(to.join(stranger))?;
    }
    Ok(())
}

/// What the results depend on: every source and manifest of the tree, and the list.
pub fn hash(tree: &Path, list: &str) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    let depends = |path: &PathBuf| {
        let kind =
            path.extension().is_some_and(|kind| ["rs", "toml", "lock", "sql", "html"].iter().any(|k| kind == *k));
        kind && !path.starts_with("xtask") && !path.starts_with("crates/bender") && !path.starts_with("fuzz")
    };
    for path in files(tree)?.iter().filter(|path| depends(path)) {
        hasher.write(path.to_string_lossy().as_bytes());
        hasher.write(&fs::read(tree.join(path))?);
    }
    hasher.write(list.as_bytes());
    Ok(format!("{:016x}", hasher.finish()))
}

/// Writes a file unless it says so already.
pub fn write(path: &Path, text: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// Bends the files of the mutants in the copy, but for those that are `out`, and gives every bent crate its switch.
pub fn bend_all(
    plain: &Path,
    copy: &Path,
    mutants: &[Mutant],
    out: &BTreeMap<u32, Outcome>,
) -> Result<BTreeMap<String, Bent>> {
    let mut by_file: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
    for mutant in mutants {
        let of_file = by_file.entry(&mutant.file).or_default();
        if !out.contains_key(&mutant.number) {
            of_file.push(mutant);
        }
    }
    let mut all = BTreeMap::new();
    for (file, mutants) in by_file {
        let source = fs::read_to_string(plain.join(file)).with_context(|| format!("reading {file}"))?;
        let bent = bend(&source, &mutants).with_context(|| format!("bending {file}"))?;
        if !is_root(file) {
            write(&copy.join(file), bent.text.as_bytes())?;
        }
        all.insert(file.to_owned(), bent);
    }
    for root in roots(mutants) {
        let plain = fs::read_to_string(plain.join(&root)).with_context(|| format!("reading {root}"))?;
        let text = all.get(&root).map_or(plain.as_str(), |bent| &bent.text);
        let whole = format!("{}{text}{}", switch::ALLOWED, switch::MODULE);
        write(&copy.join(&root), whole.as_bytes())?;
        if let Some(bent) = all.get_mut(&root) {
            for placed in &mut bent.placed {
                placed.range.start += switch::ALLOWED.len();
                placed.range.end += switch::ALLOWED.len();
            }
        }
    }
    Ok(all)
}

/// Every file that is bent, the crates' roots among them.
pub fn bent_files(mutants: &[Mutant]) -> BTreeSet<String> {
    mutants.iter().map(|mutant| mutant.file.clone()).chain(roots(mutants)).collect()
}

fn is_root(file: &str) -> bool {
    file.ends_with("/src/lib.rs")
}

fn roots(mutants: &[Mutant]) -> BTreeSet<String> {
    let crates = mutants.iter().filter_map(|mutant| mutant.file.split_once("/src/"));
    crates.map(|(dir, _)| format!("{dir}/src/lib.rs")).collect()
}

fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if root.exists() {
        gather(root, Path::new(""), &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn gather(root: &Path, below: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            gather(root, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
