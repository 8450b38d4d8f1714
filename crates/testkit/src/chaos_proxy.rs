//! A TCP proxy that breaks connections on command; for AMQP and PostgreSQL alike.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A proxy on a port of its own. Ends when dropped.
pub struct ChaosProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    end: CancellationToken,
}

struct Shared {
    target: SocketAddr,
    refusing: AtomicBool,
    accepted: AtomicUsize,
    stalled: watch::Sender<bool>,
    /// The connections since the last cut.
    current: Mutex<Connections>,
}

#[derive(Default)]
struct Connections {
    cut: CancellationToken,
    tasks: TaskTracker,
}

impl ChaosProxy {
    /// Starts a proxy before `target`.
    ///
    /// # Panics
    /// When no port can be opened.
    pub async fn start(target: SocketAddr) -> Self {
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await {
            Ok(listener) => listener,
            Err(error) => panic!("no port for the proxy: {error}"),
        };
        let address = match listener.local_addr() {
            Ok(address) => address,
            Err(error) => panic!("no address of the proxy: {error}"),
        };
        let shared = Arc::new(Shared {
            target,
            refusing: AtomicBool::new(false),
            accepted: AtomicUsize::new(0),
            stalled: watch::channel(false).0,
            current: Mutex::default(),
        });
        let end = CancellationToken::new();
        tokio::spawn(accept(listener, Arc::clone(&shared), end.clone()));
        Self {
            address,
            shared,
            end,
        }
    }

    /// Where to connect instead of the target.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Drops all connections, in both directions; returns when they are gone. New ones are accepted.
    pub async fn cut(&self) {
        let old = std::mem::take(&mut *self.shared.current());
        old.cut.cancel();
        old.tasks.close();
        old.tasks.wait().await;
    }

    /// Drops every new connection at once; those that exist stay.
    pub fn refuse(&self) {
        self.shared.refusing.store(true, Ordering::SeqCst);
    }

    /// Accepts connections again.
    pub fn accept(&self) {
        self.shared.refusing.store(false, Ordering::SeqCst);
    }

    /// Holds all bytes back, in both directions; connections stay open, new ones are accepted.
    pub fn stall(&self) {
        self.shared.stalled.send_replace(true);
    }

    /// Lets the bytes go that were held back, and all later ones.
    pub fn resume(&self) {
        self.shared.stalled.send_replace(false);
    }

    /// How many connections were accepted so far and not refused.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.end.cancel();
        self.shared.current().cut.cancel();
    }
}

impl Shared {
    fn current(&self) -> MutexGuard<'_, Connections> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, end: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((client, _)) = accepted else { continue };
        if shared.refusing.load(Ordering::SeqCst) {
            continue;
        }
        shared.accepted.fetch_add(1, Ordering::SeqCst);
        let (target, stalled) = (shared.target, shared.stalled.subscribe());
        let current = shared.current();
        let cut = current.cut.clone();
        current.tasks.spawn(async move {
            tokio::select! {
                () = cut.cancelled() => {}
                () = pass_on(client, target, stalled) => {}
            }
        });
    }
}

async fn pass_on(client: TcpStream, target: SocketAddr, stalled: watch::Receiver<bool>) {
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (client_in, client_out) = client.into_split();
    let (server_in, server_out) = server.into_split();
    // One direction that ends ends both: neither AMQP nor PostgreSQL uses half-open connections.
    tokio::select! {
        () = pump(client_in, server_out, stalled.clone()) => {}
        () = pump(server_in, client_out, stalled) => {}
    }
}

async fn pump(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut stalled: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        if stalled.wait_for(|stalled| !stalled).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
