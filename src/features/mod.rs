//! The rooms: each is listed here once.
