//! One HTTP request on a thread of its own, so that its caller can stop waiting at any time.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use ureq::{Agent, Body, http::Response};

/// Pieces that may wait for the disk: the network is read ahead by 512 kB at most.
const N_QUEUED: usize = 16;
/// Largest piece, in bytes.
const PIECE_BYTES: usize = 32 * 1024;

/// What arrives from the server, in this order: one head, pieces, one end; or a fault.
pub(super) enum Event {
    Head(Head),
    Piece(Vec<u8>),
    End,
    Failed(ureq::Error),
}

/// The part of an answer's head that matters here.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) status: u16,
    /// Where the body begins within the file, by `Content-Range`.
    pub(super) first_byte: Option<u64>,
}

/// A request under way. Dropping it ends the connection and, soon after, the thread.
pub(super) struct Transfer {
    events: Receiver<Event>,
    agent: Agent,
}

impl Transfer {
    /// Asks for `url` from byte `offset_bytes` on. The thread gives up connecting after
    /// `connect_timeout`, which is the one thing that dropping the transfer does not interrupt.
    pub(super) fn start(
        url: String,
        offset_bytes: u64,
        connect_timeout: Duration,
    ) -> io::Result<Self> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            // The file is the `.gz`: a server or proxy must not unpack it on the way.
            .accept_encoding("identity")
            .timeout_resolve(Some(connect_timeout))
            .timeout_connect(Some(connect_timeout));
        if is_loopback(&url) {
            config = config.proxy(None); // A proxy would look for the server on its own machine.
        }
        let agent = config.build().new_agent();
        let (sender, events) = sync_channel(N_QUEUED);
        let thread_agent = agent.clone();
        let thread = thread::Builder::new().name("hourglass-download".to_owned());
        thread.spawn(move || {
            let last = match receive(&thread_agent, &url, offset_bytes, &sender) {
                Ok(()) => Event::End,
                Err(error) => Event::Failed(error),
            };
            // Nobody listens any more when the transfer was dropped.
            sender.send(last).ok();
        })?;
        Ok(Self { events, agent })
    }

    /// The next event, if one arrives within `wait`.
    pub(super) fn next(&self, wait: Duration) -> Result<Event, RecvTimeoutError> {
        self.events.recv_timeout(wait)
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        // Wakes the thread from a read that may never end.
        self.agent.clone().shutdown();
    }
}

fn receive(
    agent: &Agent,
    url: &str,
    offset_bytes: u64,
    events: &SyncSender<Event>,
) -> Result<(), ureq::Error> {
    let mut request = agent.get(url);
    if offset_bytes > 0 {
        request = request.header("Range", format!("bytes={offset_bytes}-"));
    }
    let response = request.call()?;
    let head = Head {
        status: response.status().as_u16(),
        first_byte: first_byte(&response),
    };
    let mut open = events.send(Event::Head(head)).is_ok();
    let mut body = response.into_body().into_reader();
    while open {
        let mut piece = vec![0; PIECE_BYTES];
        let n_read = body.read(&mut piece)?;
        if n_read == 0 {
            break;
        }
        piece.truncate(n_read);
        open = events.send(Event::Piece(piece)).is_ok();
    }
    Ok(())
}

/// Parses `Content-Range: bytes 100-199/200`.
fn first_byte(response: &Response<Body>) -> Option<u64> {
    let value = response.headers().get("content-range")?.to_str().ok()?;
    let (first, _) = value.strip_prefix("bytes ")?.split_once('-')?;
    first.trim().parse().ok()
}

fn is_loopback(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    ["127.0.0.1", "[::1]", "localhost"]
        .iter()
        .any(|loopback| host.starts_with(loopback))
}
