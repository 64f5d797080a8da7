use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A server that answers one status after the other, the last for ever, and keeps what it was sent.
async fn server(statuses: &'static [u16]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let kept = Arc::new(Mutex::new(Vec::new()));
    let requests = Arc::clone(&kept);
    tokio::spawn(async move {
        let mut statuses = statuses.iter().copied().peekable();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut read = Vec::new();
            // A request ends with its body, which is JSON's closing brace.
            while !read.ends_with(b"}") {
                let mut some = [0; 4_096];
                let count = stream.read(&mut some).await.unwrap();
                read.extend_from_slice(&some[..count]);
            }
            requests.lock().unwrap().push(String::from_utf8(read).unwrap());
            let status = statuses.next_if(|_| true).unwrap_or(200);
            let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (format!("http://{address}/stack/key?X-Amz-Signature=a%2Fb"), kept)
}

#[tokio::test]
async fn an_answer_is_put_with_an_empty_content_type() {
    let (url, kept) = server(&[200]).await;
    assert_eq!(Answers::new(true).put(&url, "{\"Status\":\"SUCCESS\"}").await, Ok(()));
    let kept = kept.lock().unwrap();
    let [request] = kept.as_slice() else { panic!("{kept:?}") };
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("PUT /stack/key?X-Amz-Signature=a%2Fb HTTP/1.1\r\n"), "{head}");
    let lines: Vec<&str> = head.lines().map(str::trim_end).collect();
    for line in ["content-type:", "content-length: 20"] {
        assert!(lines.contains(&line), "{line}: {lines:?}");
    }
    assert_eq!(body, "{\"Status\":\"SUCCESS\"}");
}

#[tokio::test]
async fn what_is_busy_is_asked_again_and_a_refusal_is_final() {
    let (url, kept) = server(&[503, 200]).await;
    assert_eq!(Answers::new(true).put(&url, "{}").await, Ok(()));
    assert_eq!(kept.lock().unwrap().len(), 2);
    let (url, kept) = server(&[403]).await;
    let refused = Answers::new(true).put(&url, "{}").await.unwrap_err();
    assert!(refused.message.contains("403"), "{refused}");
    assert_eq!(kept.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn without_tls_nothing_is_sent_but_to_an_emulator() {
    let (url, kept) = server(&[200]).await;
    for url in [url.as_str(), "ftp://192.0.2.1/", "file:///etc/passwd", "no url", ""] {
        let refused = Answers::new(false).put(url, "{}").await;
        assert!(refused.is_err(), "{url}");
    }
    assert!(kept.lock().unwrap().is_empty());
}
