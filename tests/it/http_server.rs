//! A local HTTP/1.1 server that misbehaves on request.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// No wait in a test is longer: a test that fails must end.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How the server answers one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// As it should.
    File,
    /// The whole file with 200, whatever part was asked for.
    WholeFile,
    /// 206, but from byte 0 of the file and saying so.
    WrongPart,
    /// Promises the rest of the file and closes the connection after this many bytes.
    StopAfter(usize),
    /// Sends this many bytes and then nothing, keeping the connection.
    StallAfter(usize),
    /// Takes the request and sends nothing at all.
    StallAtOnce,
    /// The file in pieces of this many bytes, a millisecond or more apart.
    Trickle(usize),
    /// These bytes instead of the file.
    Bytes(Vec<u8>),
    /// Zeros without end.
    Endless,
    /// Only a status.
    Status(u16),
    /// 301 to the same name below this address.
    Redirect(String),
}

/// What a client asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Name of the file.
    pub name: String,
    /// First byte asked for, where there was a `Range`.
    pub first_byte: Option<usize>,
}

/// The server; it stops when dropped.
pub struct Server {
    /// Address of the folder with the files, ending in `/`.
    pub url: String,
    /// One message per request that has begun to stall.
    pub stalls: Receiver<()>,
    /// One message per client that hung up during a stall.
    pub hang_ups: Receiver<()>,
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    files: HashMap<String, Vec<u8>>,
    reply: Box<dyn Fn(&Request) -> Reply + Send + Sync>,
    requests: Mutex<Vec<Request>>,
    stalls: SyncSender<()>,
    hang_ups: SyncSender<()>,
    closing: Mutex<bool>,
    closes: Condvar,
}

impl Server {
    /// Serves `files` by name; `reply` says how.
    pub fn start(
        files: HashMap<String, Vec<u8>>,
        reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (stall_sender, stalls) = sync_channel(16);
        let (hang_up_sender, hang_ups) = sync_channel(16);
        let shared = Arc::new(Shared {
            files,
            reply: Box::new(reply),
            requests: Mutex::default(),
            stalls: stall_sender,
            hang_ups: hang_up_sender,
            closing: Mutex::default(),
            closes: Condvar::new(),
        });
        let acceptor_shared = Arc::clone(&shared);
        let acceptor = thread::Builder::new().name("test-server".to_owned());
        let acceptor = acceptor.spawn(move || accept(&listener, &acceptor_shared));
        Self {
            url: format!("http://{address}/mnist/"),
            stalls,
            hang_ups,
            address,
            shared,
            acceptor: Some(acceptor.unwrap()),
        }
    }

    /// All requests so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// First bytes asked for in the requests for `name`, in order; `None` for no `Range`.
    pub fn first_bytes(&self, name: &str) -> Vec<Option<usize>> {
        let requests = self.requests().into_iter();
        let requests = requests.filter(|request| request.name == name);
        requests.map(|request| request.first_byte).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        *self.shared.closing.lock().unwrap() = true;
        self.shared.closes.notify_all();
        // Wakes the acceptor, which then sees that it should end.
        TcpStream::connect(self.address).ok();
        if let Some(acceptor) = self.acceptor.take() {
            acceptor.join().unwrap();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut handlers = Vec::new();
    for stream in listener.incoming() {
        if *shared.closing.lock().unwrap() {
            break;
        }
        let stream = stream.unwrap();
        let shared = Arc::clone(shared);
        let handler = thread::Builder::new().name("test-connection".to_owned());
        // A client that goes away is what many tests are about, not a failure.
        let handler = handler.spawn(move || drop(shared.serve(&stream)));
        handlers.push(handler.unwrap());
    }
    for handler in handlers {
        handler.join().unwrap();
    }
}

impl Shared {
    /// Answers the one request of a connection.
    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        let Some(request) = read_request(stream)? else {
            return Ok(());
        };
        self.requests.lock().unwrap().push(request.clone());
        let Some(file) = self.files.get(&request.name) else {
            return head(stream, 404, 0, None);
        };
        self.answer(&request, file, stream)
    }

    fn answer(&self, request: &Request, file: &[u8], mut stream: &TcpStream) -> io::Result<()> {
        let first = request.first_byte.unwrap_or(0).min(file.len());
        let rest = &file[first..];
        let range = request.first_byte.map(|_| (first, file.len()));
        let status = if range.is_some() { 206 } else { 200 };
        match (self.reply)(request) {
            Reply::File => {
                head(stream, status, rest.len(), range)?;
                stream.write_all(rest)
            }
            Reply::WholeFile => {
                head(stream, 200, file.len(), None)?;
                stream.write_all(file)
            }
            Reply::WrongPart => {
                head(stream, 206, file.len(), Some((0, file.len())))?;
                stream.write_all(file)
            }
            Reply::StopAfter(n_bytes) => {
                head(stream, status, rest.len(), range)?;
                stream.write_all(&rest[..n_bytes.min(rest.len())])
            }
            Reply::StallAfter(n_bytes) => {
                head(stream, status, rest.len(), range)?;
                stream.write_all(&rest[..n_bytes.min(rest.len())])?;
                self.stall(stream)
            }
            Reply::StallAtOnce => self.stall(stream),
            Reply::Trickle(piece_bytes) => {
                head(stream, status, rest.len(), range)?;
                for piece in rest.chunks(piece_bytes) {
                    stream.write_all(piece)?;
                    self.wait(Duration::from_millis(1));
                }
                Ok(())
            }
            Reply::Bytes(bytes) => {
                head(stream, 200, bytes.len(), None)?;
                stream.write_all(&bytes)
            }
            Reply::Endless => {
                write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                while !*self.closing.lock().unwrap() {
                    stream.write_all(&[0; 4096])?;
                }
                Ok(())
            }
            Reply::Status(status) => head(stream, status, 0, None),
            Reply::Redirect(folder) => {
                let name = &request.name;
                write!(
                    stream,
                    "HTTP/1.1 301 Moved Permanently\r\nLocation: {folder}{name}\r\n\
                     Content-Length: 0\r\nConnection: close\r\n\r\n"
                )
            }
        }
    }

    /// Until the client hangs up or the server closes.
    fn stall(&self, mut stream: &TcpStream) -> io::Result<()> {
        // Full only where a test does not listen.
        self.stalls.try_send(()).ok();
        stream.set_read_timeout(Some(Duration::from_millis(20)))?;
        while !*self.closing.lock().unwrap() {
            match stream.read(&mut [0]) {
                Err(error) if is_timeout(&error) => {}
                // The end of the stream, or an error that says the same.
                _ => {
                    self.hang_ups.try_send(()).ok();
                    break;
                }
            }
        }
        Ok(())
    }

    /// Until the server closes, at most for `duration`.
    fn wait(&self, duration: Duration) {
        let closing = self.closing.lock().unwrap();
        let waited = self
            .closes
            .wait_timeout_while(closing, duration, |closing| !*closing);
        drop(waited.unwrap());
    }
}

/// Systems differ in the name for it.
fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

fn head(
    mut stream: &TcpStream,
    status: u16,
    n_bytes: usize,
    range: Option<(usize, usize)>,
) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status} Whatever\r\nContent-Length: {n_bytes}\r\nConnection: close\r\n"
    )?;
    if let Some((first, total)) = range {
        let last = total.saturating_sub(1);
        write!(stream, "Content-Range: bytes {first}-{last}/{total}\r\n")?;
    }
    stream.write_all(b"\r\n")
}

/// `None` where the client closes without a request.
fn read_request(stream: &TcpStream) -> io::Result<Option<Request>> {
    let mut lines = BufReader::new(stream).lines();
    let Some(first_line) = lines.next().transpose()? else {
        return Ok(None);
    };
    let path = first_line.split(' ').nth(1).unwrap();
    let mut request = Request {
        name: path.rsplit('/').next().unwrap().to_owned(),
        first_byte: None,
    };
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            request.first_byte = Some(range.trim_end_matches('-').parse().unwrap());
        }
    }
    Ok(Some(request))
}
