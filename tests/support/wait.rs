//! Waiting for what another process does and tells nobody.

use std::time::Duration;

/// Waits until something holds, for 30 s at most. For processes only: whatever is ours says when it is done.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect(what);
}
