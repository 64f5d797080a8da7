//! The manners of a hostile server.

use std::fmt;

macro_rules! manners {
    ($($(#[$doc:meta])* $name:ident = $words:literal,)*) => {
        /// What a hostile server does to whoever connects.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Manner {
            $($(#[$doc])* $name,)*
        }

        impl Manner {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in scenarios.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

manners! {
    /// It takes the connection, and never says a word.
    Silence = "silence",
    /// A good answer, one byte a second.
    Drip = "one byte a second",
    /// Headers without end.
    EndlessHeaders = "endless headers",
    /// One header whose line does not end.
    EndlessHeader = "an endless header",
    /// Interim answers (1xx) without end.
    InterimAnswers = "interim answers",
    /// It redirects to itself.
    RedirectToItself = "redirects to itself",
    /// It redirects to another port, where it listens as well.
    RedirectElsewhere = "redirects elsewhere",
    /// TLS by a certificate that nobody signed but itself.
    SelfSigned = "a self-signed certificate",
    /// TLS by a certificate whose time is over.
    Expired = "an expired certificate",
    /// TLS by the certificate of another name.
    WrongName = "a certificate of another name",
    /// It resets the connection at once.
    Reset = "resets at once",
    /// It resets the connection within the headers.
    ResetInHeaders = "resets within headers",
    /// It resets the connection within the body.
    ResetInBody = "resets within the body",
    /// A body of 5 GB.
    HugeBody = "a body of 5 GB",
    /// A body in pieces without end.
    EndlessBody = "an endless body",
    /// A compressed body without end, each kilobyte of which is a megabyte.
    ZipBomb = "a zip bomb",
    /// What no protocol knows.
    Garbage = "garbage",
    /// It speaks HTTP/2 to whoever asks by HTTP/1.1.
    Http2 = "another HTTP version",
}

impl fmt::Display for Manner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
