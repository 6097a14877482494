//! `verify-page`: the page of a folder, to this machine only, with the headers that keep it from sending.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::sandbox::Sandbox;

/// The running program; ended when the test is over. Its output is kept open, or it would end by itself.
struct Server {
    child: Child,
    _output: BufReader<ChildStdout>,
    host: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(sandbox: &Sandbox) -> Self {
        std::fs::create_dir(sandbox.path("page")).unwrap();
        std::fs::write(sandbox.path("page/index.html"), "<p>page</p>").unwrap();
        std::fs::write(sandbox.path("page/service-worker.js"), "").unwrap();
        std::fs::write(sandbox.path("secret.txt"), "not of the page").unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_watermark"))
            .args(["verify-page", "--port", "0", "--page"])
            .arg(sandbox.path("page"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let (_, rest) = line.split_once("http://").expect("an address");
        Self { child, _output: output, host: rest.split('/').next().unwrap().to_owned() }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.write_all(request.replace("HOST", &self.host).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[test]
fn the_page_is_served_with_its_policy_and_nothing_else_is() {
    let sandbox = Sandbox::empty();
    let server = Server::start(&sandbox);
    assert!(server.host.starts_with("127.0.0.1:"), "{}", server.host);
    let page = server.ask("GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.ends_with("<p>page</p>"), "{page}");
    for header in
        ["Content-Security-Policy: default-src 'none'", "form-action 'none'", "X-Content-Type-Options: nosniff"]
    {
        assert!(page.contains(header), "{page}");
    }
    let head = server.ask("HEAD / HTTP/1.1\r\nHost: HOST\r\n\r\n");
    assert!(head.contains("Content-Length: 11") && head.ends_with("\r\n\r\n"), "{head}");
    for (request, status) in [
        ("GET /../secret.txt HTTP/1.1\r\nHost: HOST\r\n\r\n", "404"),
        ("GET /%2e%2e/secret.txt HTTP/1.1\r\nHost: HOST\r\n\r\n", "404"),
        ("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "421"),
        ("GET / HTTP/1.1\r\n\r\n", "421"),
        ("POST / HTTP/1.1\r\nHost: HOST\r\n\r\n", "405"),
        ("nonsense\r\n\r\n", "421"),
    ] {
        let answer = server.ask(request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request:?}: {answer}");
    }
}

#[test]
fn a_missing_page_and_a_taken_port_are_sentences() {
    let sandbox = Sandbox::empty();
    let server = Server::start(&sandbox);
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_watermark")).arg("verify-page").args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let page = sandbox.path("page").display().to_string();
    let port = server.host.rsplit(':').next().unwrap();
    let (code, said) = run(&["--page", &page, "--port", port]);
    assert!(code == Some(2) && said.contains("is in use") && said.contains("--port"), "{said}");
    let (code, said) = run(&["--page", "nowhere", "--port", "0"]);
    assert!(code == Some(2) && said.contains("holds no built page"), "{said}");
}
