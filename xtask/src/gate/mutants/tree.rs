//! A copy of the tree to bend, so that nothing that is being written meanwhile is touched.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::super::command::ask;

/// Copies what git knows or would add. A file that is the same keeps its time, so that cargo builds nothing for it.
pub fn copy(root: &Path, to: &Path) -> Result<()> {
    let there = root.to_string_lossy();
    let listed = ask("git", &["-C", &there, "ls-files", "--cached", "--others", "--exclude-standard"])?;
    let wanted: Vec<PathBuf> = listed.lines().map(PathBuf::from).filter(|path| root.join(path).is_file()).collect();
    for path in &wanted {
        let text = std::fs::read(root.join(path)).with_context(|| format!("reading {}", path.display()))?;
        let copy = to.join(path);
        if std::fs::read(&copy).is_ok_and(|old| old == text) {
            continue;
        }
        if let Some(parent) = copy.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&copy, text).with_context(|| format!("writing {}", copy.display()))?;
    }
    remove_strangers(to, Path::new(""), &wanted)
}

/// Removes files of the copy that the tree has no more.
fn remove_strangers(to: &Path, below: &Path, wanted: &[PathBuf]) -> Result<()> {
    for entry in std::fs::read_dir(to.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            remove_strangers(to, &path, wanted)?;
        } else if !wanted.contains(&path) {
            std::fs::remove_file(to.join(&path))?;
        }
    }
    Ok(())
}
