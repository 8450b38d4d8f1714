//! Free ports on loopback that stay free between two runs of a service.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU32, Ordering},
};

/// Below the range from which the kernel takes ports for outgoing connections, and below the one
/// of `deploy/dev/parts/ports.sh`: a service that is started again finds its port still free.
const FIRST: u32 = 10_000;
const COUNT: u32 = 5_000;
/// Tests run in processes of their own at the same time; neighbours begin this far apart.
const STRIDE: u32 = 37;

/// A port on 127.0.0.1 that nobody listens on and that this process has not been given before.
///
/// # Panics
/// When none of them is free.
#[must_use]
pub fn free() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(STRIDE);
    for _ in 0..COUNT {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let number = FIRST + begin.wrapping_add(step) % COUNT;
        let Ok(port) = u16::try_from(number) else {
            continue;
        };
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no free port from {FIRST} on");
}
