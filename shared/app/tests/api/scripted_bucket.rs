//! A bucket whose answers a test scripts.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
};

/// Starts a server that calls `answer` with the first line of each request, in lower case. Returns its address and the first lines of the
/// requests so far.
pub(crate) fn start_bucket(
    answer: impl Fn(&str) -> String + Send + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = requests.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.expect("a connection"));
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n")
                && reader.read_until(b'\n', &mut head).is_ok_and(|read| read > 0)
            {}
            let head = String::from_utf8_lossy(&head).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.trim().parse().expect("a number"))];
            reader.read_exact(&mut body).expect("the body");
            let request = head.lines().next().unwrap_or_default().to_owned();
            let answer = answer(&request);
            seen.lock().expect("no panic").push(request);
            reader.get_mut().write_all(answer.as_bytes()).expect("written");
        }
    });
    (address, requests)
}

/// A response with the store's times.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> String {
    let date = "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\nLast-Modified: Fri, 15 Jan 2027 07:59:00 GMT\r\n";
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{date}{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}
