//! The epoch protocol, checked exhaustively.
