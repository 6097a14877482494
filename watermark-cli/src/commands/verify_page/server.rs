//! As little HTTP as browsers need to load a page from the machine that they run on: GET and HEAD, one request to a
//! connection. Requests that name another host are refused, so that no other site can point its name here.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use super::files::PageFiles;
use super::headers::{ALWAYS, content_type};

/// Connections that are answered at the same time; browsers open six.
const MOST_CONNECTIONS: usize = 32;
/// Bytes of a request that are read; browsers send about one kilobyte.
const MAX_REQUEST_BYTES: u64 = 16 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers until the port fails.
pub(super) fn serve(listener: &TcpListener, port: u16, files: &PageFiles) -> Result<u8> {
    let open = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        loop {
            let (stream, _) = match listener.accept() {
                Ok(connection) => connection,
                // Whoever called has hung up.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error).context("the port cannot be listened on any more"),
            };
            if open.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
                open.fetch_sub(1, Ordering::Relaxed);
                continue;
            }
            let open = &open;
            scope.spawn(move || {
                // A browser that goes away while it is answered is no trouble of ours.
                let _ = answer(&stream, port, files);
                open.fetch_sub(1, Ordering::Relaxed);
            });
        }
    })
}

fn answer(stream: &TcpStream, port: u16, files: &PageFiles) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = read_head(stream)?;
    let reply = reply(&head, port, files);
    let mut out = Vec::with_capacity(reply.body.len() + 1024);
    write!(out, "HTTP/1.1 {}\r\nContent-Type: {}\r\n", reply.status, reply.content_type)?;
    write!(out, "Content-Length: {}\r\n", reply.body.len())?;
    for (name, value) in ALWAYS {
        write!(out, "{name}: {value}\r\n")?;
    }
    out.extend(b"\r\n");
    if !head.starts_with("HEAD ") {
        out.extend(reply.body);
    }
    let mut stream = stream;
    stream.write_all(&out)?;
    stream.flush()
}

/// The request up to its empty line.
fn read_head(stream: &TcpStream) -> io::Result<String> {
    let mut lines = BufReader::new(stream.take(MAX_REQUEST_BYTES));
    let mut head = String::new();
    while lines.read_line(&mut head)? > 2 {}
    Ok(head)
}

#[derive(Debug, PartialEq, Eq)]
struct Reply<'a> {
    status: &'static str,
    content_type: &'static str,
    body: &'a [u8],
}

fn reply<'a>(head: &str, port: u16, files: &'a PageFiles) -> Reply<'a> {
    let words =
        |status, body: &'static str| Reply { status, content_type: "text/plain; charset=utf-8", body: body.as_bytes() };
    let mut parts = head.lines().next().unwrap_or_default().split(' ');
    let (method, path) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if !is_ours(head, port) {
        return words("421 Misdirected Request", "This page is for this machine only.\n");
    }
    if !matches!(method, "GET" | "HEAD") {
        return words("405 Method Not Allowed", "Nothing can be sent here.\n");
    }
    match files.get(path) {
        Some((name, body)) => Reply { status: "200 OK", content_type: content_type(name), body },
        None => words("404 Not Found", "There is no such file.\n"),
    }
}

/// Whether the request names this machine and port.
fn is_ours(head: &str, port: u16) -> bool {
    let mut hosts = head.lines().skip(1).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    });
    let Some(host) = hosts.next() else { return false };
    let (name, named_port) = host.rsplit_once(':').unwrap_or((host, "80"));
    hosts.next().is_none() && matches!(name, "127.0.0.1" | "localhost") && named_port == port.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_hosts_are_refused() {
        let asked = |host: &str| is_ours(&format!("GET / HTTP/1.1\r\nAccept: */*\r\n{host}\r\n\r\n"), 8471);
        assert!(asked("Host: 127.0.0.1:8471") && asked("host: localhost:8471"));
        for host in [
            "Host: example.org:8471",
            "Host: 127.0.0.1",
            "Host: 127.0.0.1:80",
            "X: y",
            "Host: a\r\nHost: localhost:8471",
        ] {
            assert!(!asked(host), "{host}");
        }
    }
}
