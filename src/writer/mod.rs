//! The only door for writes: gathers what waits, commits it in one transaction, acknowledges each caller.
