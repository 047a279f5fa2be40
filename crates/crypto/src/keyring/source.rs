//! Where a keyring comes from: a file only its owner can read, a text from the environment, or a command's output.

use super::{Keyring, KeyringError};
use kernel::{Entropy, EntropyExt, Secret, Stopwatch};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Longest keyring text: some hundred keys.
const TEXT_MAX: u64 = 64 * 1024;
/// How long a command may take to print the keyring.
const COMMAND_PATIENCE: Duration = Duration::from_secs(30);

/// Where the keyring is kept.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file with mode 0600 (or stricter).
    File(PathBuf),
    /// The text itself, as the configuration read it from the environment.
    Text(Secret<String>),
    /// A command that prints the text, for example one that asks a key service.
    Command {
        /// The program.
        program: PathBuf,
        /// Its arguments.
        args: Vec<String>,
    },
}

impl Source {
    /// Fetches and reads the keyring. Blocks: for start-up and reload, not for requests.
    ///
    /// # Errors
    /// [`KeyringError`]: not there, readable by others, or not a keyring.
    pub fn load(&self) -> Result<Keyring, KeyringError> {
        match self {
            Self::File(path) => Keyring::parse(read_private(path)?.reveal()),
            Self::Text(text) => Keyring::parse(text.reveal()),
            Self::Command { program, args } => Keyring::parse(run(program, args, COMMAND_PATIENCE)?.reveal()),
        }
    }
}

impl Keyring {
    /// Writes a new keyring file with mode 0600, whole or not at all. An existing file is never overwritten.
    ///
    /// # Errors
    /// [`KeyringError::Io`], also when the file exists.
    pub fn create_file(&self, path: &Path, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        let draft = self.draft(path, entropy)?;
        // A link to a taken name fails, where a rename would replace it.
        let linked = std::fs::hard_link(&draft, path).map_err(|e| failed(path, e));
        std::fs::remove_file(&draft).map_err(|e| failed(&draft, e))?;
        linked?;
        sync_directory(path)
    }

    /// Replaces a keyring file, whole or not at all.
    ///
    /// # Errors
    /// [`KeyringError::Io`].
    pub fn replace_file(&self, path: &Path, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        let draft = self.draft(path, entropy)?;
        std::fs::rename(&draft, path).map_err(|e| failed(path, e))?;
        sync_directory(path)
    }

    /// The text in a file beside `path`, private from its first moment and flushed.
    fn draft(&self, path: &Path, entropy: &dyn Entropy) -> Result<PathBuf, KeyringError> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}", data_encoding::HEXLOWER.encode(&entropy.bytes::<8>())));
        let draft = PathBuf::from(name);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(|e| failed(&draft, e))?;
        let written = file.write_all(self.to_text().reveal().as_bytes()).and_then(|()| file.sync_all());
        match written {
            Ok(()) => Ok(draft),
            Err(error) => {
                let _ = std::fs::remove_file(&draft);
                Err(failed(&draft, error))
            }
        }
    }
}

fn read_private(path: &Path) -> Result<Secret<String>, KeyringError> {
    let file = File::open(path).map_err(|e| failed(path, e))?;
    // Asked of the open file, so that nobody can swap it between question and reading.
    let mode = file.metadata().map_err(|e| failed(path, e))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyringError::Exposed { path: path.to_owned(), mode: mode & 0o777 });
    }
    read_text(file).map_err(|e| failed(path, e))
}

fn read_text(from: impl Read) -> std::io::Result<Secret<String>> {
    let mut text = String::new();
    let length = from.take(TEXT_MAX + 1).read_to_string(&mut text)?;
    if length as u64 > TEXT_MAX {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "longer than any keyring"));
    }
    Ok(Secret::new(text))
}

fn run(program: &Path, args: &[String], patience: Duration) -> Result<Secret<String>, KeyringError> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|e| failed(program, e))?;
    // Read on a thread of its own, so that a command that never ends, or leaves its output open, meets the deadline.
    let (sender, receiver) = std::sync::mpsc::channel();
    let output = child.stdout.take();
    std::thread::spawn(move || sender.send(output.map_or_else(|| Ok(Secret::default()), read_text)));
    let watch = Stopwatch::start();
    let text = receiver.recv_timeout(patience);
    let status = loop {
        match child.try_wait().map_err(|e| failed(program, e))? {
            Some(status) => break status,
            None if text.is_err() || watch.elapsed() > patience => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(KeyringError::Command { program: program.to_owned(), why: "took longer than 30 s" });
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    match text {
        Ok(Err(error)) => Err(failed(program, error)),
        Ok(Ok(text)) if status.success() => Ok(text),
        _ => Err(KeyringError::Command { program: program.to_owned(), why: "ended with an error" }),
    }
}

/// The name is durable only when its directory is flushed.
fn sync_directory(path: &Path) -> Result<(), KeyringError> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(parent).and_then(|d| d.sync_all()).map_err(|e| failed(parent, e))
}

fn failed(path: &Path, error: std::io::Error) -> KeyringError {
    KeyringError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    fn folder() -> PathBuf {
        let name = data_encoding::HEXLOWER.encode(&SystemEntropy.bytes::<8>());
        let folder = std::env::temp_dir().join(format!("cognate-keyring-{name}"));
        std::fs::create_dir(&folder).unwrap();
        folder
    }

    #[test]
    fn a_keyring_file_is_private_created_once_and_replaced_whole() {
        let folder = folder();
        let path = folder.join("keyring");
        let ring = Keyring::draw(&SystemEntropy);
        ring.create_file(&path, &SystemEntropy).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let load = || Source::File(path.clone()).load();
        assert_eq!(load().unwrap().active_id(), ring.active_id());

        let other = Keyring::draw(&SystemEntropy);
        assert!(matches!(other.create_file(&path, &SystemEntropy), Err(KeyringError::Io { .. })));
        assert_eq!(load().unwrap().active_id(), ring.active_id(), "the first keyring is still there");
        other.replace_file(&path, &SystemEntropy).unwrap();
        assert_eq!(load().unwrap().active_id(), other.active_id());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no draft stays behind");

        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        assert!(matches!(load(), Err(KeyringError::Exposed { mode: 0o640, .. })));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_keyring_comes_from_a_text_or_from_a_command() {
        let ring = Keyring::draw(&SystemEntropy);
        let text = ring.to_text();
        assert_eq!(Source::Text(text.clone()).load().unwrap().active_id(), ring.active_id());
        let shell = |script: String| Source::Command { program: "/bin/sh".into(), args: vec!["-c".into(), script] };
        let printed = shell(format!("printf '%s' '{}'", text.reveal()));
        assert_eq!(printed.load().unwrap().active_id(), ring.active_id());
        assert!(matches!(shell("exit 3".into()).load(), Err(KeyringError::Command { .. })));
        assert!(matches!(shell("head -c 100000 /dev/zero".into()).load(), Err(KeyringError::Io { .. })));
        assert!(matches!(shell("echo hello".into()).load(), Err(KeyringError::Malformed { line: 1, .. })));
    }

    #[test]
    fn a_text_of_the_greatest_length_is_read_and_a_longer_one_is_not() {
        let most = usize::try_from(TEXT_MAX).unwrap();
        assert_eq!(read_text(&vec![b'#'; most][..]).unwrap().reveal().len(), most);
        assert!(read_text(&vec![b'#'; most + 1][..]).is_err());
    }

    #[test]
    fn a_command_may_take_its_time_and_no_longer() {
        let (long, short) = (Duration::from_secs(20), Duration::from_millis(100));
        let shell = |script: &str, patience| run(Path::new("/bin/sh"), &["-c".into(), script.into()], patience);
        // What is printed is there before the command has ended.
        let slow = shell("printf text; exec >&-; sleep 0.2", long);
        assert_eq!(slow.unwrap().reveal(), "text");
        let why = |outcome: Result<Secret<String>, KeyringError>| match outcome.err() {
            Some(KeyringError::Command { why, .. }) => why,
            other => panic!("{other:?}"),
        };
        let watch = Stopwatch::start();
        assert_eq!(why(shell("exec sleep 30", short)), "took longer than 30 s", "it prints nothing and does not end");
        assert_eq!(
            why(shell("exec >&-; exec sleep 30", short)),
            "took longer than 30 s",
            "it has printed and does not end"
        );
        // The output stays open in another's hands.
        assert_eq!(why(shell("sleep 2 & exit 0", short)), "ended with an error");
        assert!(watch.elapsed() < long, "nobody waited for them");
    }

    #[test]
    fn the_directory_of_a_bare_name_is_the_one_we_stand_in() {
        assert!(sync_directory(Path::new("keyring")).is_ok());
        let gone = folder();
        std::fs::remove_dir(&gone).unwrap();
        assert!(matches!(sync_directory(&gone.join("keyring")), Err(KeyringError::Io { path, .. }) if path == gone));
    }
}
