//! A disk rebuilt from recorded file calls: what was written, and what of it a power cut would leave.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

#[derive(Default, Clone)]
struct File {
    written: Vec<u8>,
    synced: Vec<u8>,
}

pub struct Disk {
    directory: PathBuf,
    files: HashMap<String, File>,
    positions: HashMap<String, usize>,
    /// Calls that another thread's interrupted, by thread.
    begun: HashMap<String, String>,
    syncs_begun: HashMap<String, (String, Vec<u8>)>,
    syncs: usize,
    directory_synced: bool,
    survivors: Option<BTreeSet<String>>,
}

impl Disk {
    /// Begins with the database file as it lies there, all of it synced.
    pub fn holding(directory: &Path) -> Self {
        let path = directory.join("cognate.db");
        let bytes = std::fs::read(&path).unwrap();
        let file = File { written: bytes.clone(), synced: bytes };
        Self {
            directory: directory.to_owned(),
            files: HashMap::from([(path.display().to_string(), file)]),
            positions: HashMap::new(),
            begun: HashMap::new(),
            syncs_begun: HashMap::new(),
            syncs: 0,
            directory_synced: false,
            survivors: None,
        }
    }

    pub fn syncs(&self) -> usize {
        self.syncs
    }

    pub fn directory_synced(&self) -> bool {
        self.directory_synced
    }

    /// Takes in one line of the recording; answers the ledger entries it wrote.
    pub fn call(&mut self, line: &str) -> Vec<String> {
        let Some((thread, call)) = line.split_once(char::is_whitespace) else { return vec![] };
        let call = call.trim_start();
        if let Some(start) = call.strip_suffix("<unfinished ...>") {
            self.begun.insert(thread.into(), start.trim_end().into());
            return self.begin(thread, start);
        }
        if let Some(resumed) = call.strip_prefix("<... ") {
            let Some(start) = self.begun.remove(thread) else { return vec![] };
            let rest = resumed.split_once("resumed>").map_or("", |(_, rest)| rest);
            self.end(thread, &format!("{start}{rest}"));
            return vec![];
        }
        let entries = self.begin(thread, call);
        self.end(thread, call);
        entries
    }

    /// What is true from the start of a call: bytes handed over, an answer that leaves, what a flush will cover.
    fn begin(&mut self, thread: &str, call: &str) -> Vec<String> {
        let Some((name, descriptor, path, rest)) = parts(call) else { return vec![] };
        match name {
            "write" if path.ends_with("/ledger") => {
                let text = String::from_utf8(unhex(rest)).unwrap();
                return text.lines().map(String::from).collect();
            }
            "write" | "pwrite64" => {
                let bytes = unhex(rest);
                let at = if name == "pwrite64" {
                    rest.rsplit_once(", ").map(|(_, n)| leading_number(n)).unwrap()
                } else {
                    self.positions.get(&descriptor).copied().unwrap_or(0)
                };
                self.positions.insert(descriptor, at + bytes.len());
                let file = &mut self.files.entry(path).or_default().written;
                file.resize(file.len().max(at + bytes.len()), 0);
                file[at..at + bytes.len()].copy_from_slice(&bytes);
            }
            "ftruncate" => {
                self.files.entry(path).or_default().written.resize(leading_number(rest), 0);
            }
            "fsync" | "fdatasync" => {
                let covered = self.files.get(&path).map(|f| f.written.clone()).unwrap_or_default();
                self.syncs_begun.insert(thread.into(), (path, covered));
            }
            _ => {}
        }
        vec![]
    }

    /// What is true once a call has come back.
    fn end(&mut self, thread: &str, call: &str) {
        let Some((name, descriptor, path, _)) = parts(call) else { return };
        let result = call.rsplit_once(" = ").map_or("", |(_, result)| result);
        match name {
            "lseek" => {
                self.positions.insert(descriptor, leading_number(result));
            }
            "fsync" | "fdatasync" => {
                let Some((_, covered)) = self.syncs_begun.remove(thread) else { return };
                if result != "0" {
                    return;
                }
                self.directory_synced |= Path::new(&path) == self.directory;
                if let Some(file) = self.files.get_mut(&path) {
                    file.synced = covered;
                    self.syncs += 1;
                    self.survivors = None;
                }
            }
            _ => {}
        }
    }

    /// The rows a restart would find if the power went now: SQLite itself recovers what was synced.
    pub fn survivors(&mut self) -> &BTreeSet<String> {
        if self.survivors.is_none() {
            let after = self.directory.join("after-the-cut");
            let _ = std::fs::remove_dir_all(&after);
            std::fs::create_dir_all(&after).unwrap();
            for (path, file) in &self.files {
                let name = Path::new(path).file_name().unwrap();
                if path.ends_with(".db") || path.ends_with("-wal") {
                    std::fs::write(after.join(name), &file.synced).unwrap();
                }
            }
            let connection = rusqlite::Connection::open(after.join("cognate.db")).unwrap();
            let mut statement = connection.prepare("SELECT name FROM meta").unwrap();
            let names = statement.query_map([], |row| row.get(0)).unwrap();
            self.survivors = Some(names.collect::<Result<_, _>>().unwrap());
        }
        self.survivors.as_ref().unwrap()
    }
}

/// `name(descriptor<path>, rest`; paths are printed in hex like everything else.
fn parts(call: &str) -> Option<(&str, String, String, &str)> {
    let (name, rest) = call.split_once('(')?;
    let (descriptor, rest) = rest.split_once('<')?;
    let (path, rest) = rest.split_once('>')?;
    let path = if path.starts_with("\\x") { String::from_utf8(unhex(path)).ok()? } else { path.to_owned() };
    Some((name, descriptor.to_owned(), path, rest.trim_start_matches([',', ' '])))
}

/// The bytes of the first `\x..` run, with or without quotes around it.
fn unhex(text: &str) -> Vec<u8> {
    let text = text.trim_start_matches('"').split('"').next().unwrap_or_default();
    text.split("\\x").skip(1).map(|byte| u8::from_str_radix(&byte[..2], 16).unwrap()).collect()
}

fn leading_number(text: &str) -> usize {
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}
