//! A started program: what it has said, how it is asked over HTTP, how it is ended.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A directory of its own for one test; goes away with it.
pub struct Workplace(pub PathBuf);

impl Workplace {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cognate-commands-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A configuration whose database and keyring lie here, with `more` keys.
    pub fn configuration(&self, public: SocketAddr, operator: SocketAddr, more: &str) -> PathBuf {
        let here = self.0.display();
        self.file(
            "cognate.toml",
            &format!(
                "listen.public = \"{public}\"\nlisten.operator = \"{operator}\"\ndatabase.url = \"sqlite:{here}/c.db\"\n\
                 keyring.source = \"file:{here}/c.keyring\"\n{more}"
            ),
        )
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn command(arguments: &[&str], directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cognate"));
    command.args(arguments).current_dir(directory).env_clear().stdin(Stdio::null());
    command
}

/// The same in a process that may have so many files open.
fn command_with_files(files: u32, arguments: &[&str], directory: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "ulimit -n \"$1\"; shift; exec \"$@\"", "sh", &files.to_string()]);
    command.arg(env!("CARGO_BIN_EXE_cognate")).args(arguments);
    command.current_dir(directory).env_clear().stdin(Stdio::null());
    command
}

/// Runs a command to its end that may have so many files open.
pub fn run_with_files(files: u32, arguments: &[&str], directory: &Path) -> Output {
    command_with_files(files, arguments, directory).output().unwrap()
}

/// Runs a command to its end.
pub fn run(arguments: &[&str], directory: &Path) -> Output {
    command(arguments, directory).output().unwrap()
}

pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server under way.
pub struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Running {
    pub fn start(arguments: &[&str], directory: &Path) -> Self {
        Self::of(command(arguments, directory))
    }

    /// One that may have so many files open.
    pub fn start_with_files(files: u32, arguments: &[&str], directory: &Path) -> Self {
        Self::of(command_with_files(files, arguments, directory))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        follow(child.stdout.take().unwrap(), &said);
        follow(child.stderr.take().unwrap(), &said);
        Self { child, said }
    }

    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has said this.
    pub fn wait_for(&self, words: &str) -> String {
        for _ in 0..400 {
            let said = self.said();
            if said.contains(words) {
                return said;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("it never said {words:?}:\n{}", self.said());
    }

    /// SIGTERM, as a service manager ends it; answers whether it ended well.
    pub fn stop(mut self) -> bool {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(mut output: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = said.clone();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = output.read(&mut buffer) {
            said.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..n]));
        }
    });
}

/// A plain HTTP request; answers everything that came back.
pub fn http(address: SocketAddr, head: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(socket, "{head} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
        .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}
