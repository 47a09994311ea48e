//! The composition root: builds the house bottom-up and stops it top-down.
