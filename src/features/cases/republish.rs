//! stub
use super::desk::Desk;
use super::replies::CardFate;
use super::table::Changed;
pub(super) async fn show(_desk: &Desk<'_>, _changed: &Changed) -> Option<CardFate> { None }
