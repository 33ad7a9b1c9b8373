//! The least that speaks HTTP/1.1: one connection, requests as bytes that were made before, answers with a length.

use std::net::SocketAddr;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

/// How many headers an answer may have at most.
const MOST_HEADERS: usize = 32;
/// The status of an answer that has no body, and need not say so.
const NO_CONTENT: u16 = 204;

/// A whole request.
pub fn request(method: &str, path: &str, token: &str, body: Option<&str>) -> Bytes {
    with_head(&head(method, path, token), body)
}

/// A command about something of which the caller has seen this version.
pub fn command(path: &str, token: &str, version: i64, body: &str) -> Bytes {
    with_head(&format!("{}If-Match: \"{version}\"\r\n", head("POST", path, token)), Some(body))
}

fn head(method: &str, path: &str, token: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer {token}\r\n"
    )
}

fn with_head(head: &str, body: Option<&str>) -> Bytes {
    Bytes::from(match body {
        None => format!("{head}\r\n"),
        Some(body) => {
            format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        }
    })
}

/// A connection that is used again and again.
pub struct Client {
    stream: TcpStream,
    received: Vec<u8>,
    head: usize,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(32 * 1_024), head: 0 })
    }

    /// Asks, and reads the answer to its end; its status.
    pub async fn ask(&mut self, request: &[u8]) -> Result<u16, Failure> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let (status, whole) = loop {
            self.read().await?;
            if let Some(head) = parse(&self.received)? {
                self.head = head.end;
                break (head.status, head.end + head.length);
            }
        };
        while self.received.len() < whole {
            self.read().await?;
        }
        if self.received.len() > whole {
            return Err("the service answered more than it was asked".into());
        }
        Ok(status)
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        self.received.get(self.head..).unwrap_or_default()
    }

    async fn read(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err("the service closed a connection".into()),
            _ => Ok(()),
        }
    }
}

struct Head {
    status: u16,
    length: usize,
    end: usize,
}

/// The head, if it has come whole.
fn parse(received: &[u8]) -> Result<Option<Head>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(end) = response.parse(received)? else { return Ok(None) };
    let code = response.code.ok_or("an answer without a status")?;
    if code == NO_CONTENT {
        return Ok(Some(Head { status: code, length: 0, end }));
    }
    let is_length = |header: &&httparse::Header<'_>| header.name.eq_ignore_ascii_case("content-length");
    let header = response.headers.iter().find(is_length).ok_or("an answer without a length")?;
    let length = std::str::from_utf8(header.value)?.trim().parse()?;
    Ok(Some(Head { status: code, length, end }))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_answer_is_read_to_its_end() {
        let text = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
        assert!(parse(&text[..20]).expect("a head").is_none());
        let head = parse(text).expect("a head").expect("a whole head");
        assert_eq!((head.status, head.length, head.end), (201, 2, text.len() - 2));
    }
}
