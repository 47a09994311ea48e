//! `guild_config` and its revisions.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_set_overwritten_and_cleared_with_its_revisions() {
    let scene = scene().await;
    let (one, two) = (json!({"a": [1, null]}), json!("two"));
    let set = |value| scene.set(change(Place::Row, value));
    assert_eq!(set(Some(one.clone())).await, Ok((1, None)));
    assert_eq!(set(Some(two.clone())).await, Ok((2, Some(one.clone()))));
    assert_eq!(scene.stored().await.values["KEY"], two);
    assert_eq!(set(None).await, Ok((3, Some(two))));
    assert_eq!(set(None).await, Ok((4, None)), "clearing an unset key");
    let loaded = scene.stored().await;
    assert_eq!(loaded.version, ConfigVersion(4));
    assert!(loaded.values.is_empty());
    let revisions = "SELECT string_agg(version || ' ' || COALESCE(old_value::text, '-') || ' ' || \
        COALESCE(new_value::text, '-') || ' ' || source || ' ' || reason || ' ' || changed_by, E'\\n' \
        ORDER BY version) FROM guild_config_revisions";
    assert_eq!(
        scene.text(revisions).await.as_deref(),
        Some(
            "1 - {\"a\": [1, null]} CLI because 7\n2 {\"a\": [1, null]} \"two\" CLI because 7\n\
             3 \"two\" - CLI because 7\n4 - - CLI because 7"
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_is_set_and_cleared_to_its_default() {
    let scene = scene().await;
    let set = |value| scene.set(change(ACTION, value));
    assert_eq!(set(None).await, Ok((1, None)), "no row, nothing to clear");
    assert_eq!(set(Some(json!("ban"))).await, Ok((2, None)));
    assert_eq!(set(Some(json!("kick"))).await, Ok((3, Some(json!("ban")))));
    let values = scene.stored().await.values;
    assert_eq!(values["botdetect_config.action"], "kick");
    assert_eq!(
        values["botdetect_config.enabled"], false,
        "others keep their default"
    );
    assert_eq!(set(None).await, Ok((4, Some(json!("kick")))));
    assert_eq!(
        scene.stored().await.values["botdetect_config.action"],
        "timeout"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_value_of_a_column_is_refused_and_makes_no_version() {
    let scene = scene().await;
    let duration = Place::Column {
        table: "botdetect_config",
        column: "timeout_duration",
    };
    for (place, value) in [
        (ACTION, json!("hug")),
        (ACTION, Value::Null),
        (duration, json!("an hour")),
        (duration, json!(0)),
    ] {
        let refused = scene.set(change(place, Some(value.clone()))).await;
        assert!(
            matches!(
                refused,
                Err(WriteError::Refused {
                    table: "guild_config",
                    ..
                })
            ),
            "{value}: {refused:?}"
        );
    }
    assert_eq!(
        scene.set(change(ACTION, Some(json!("ban")))).await,
        Ok((1, None))
    );
    let version = find_version(&mut *scene.conn().await, GUILD).await;
    assert_eq!(version, Ok(ConfigVersion(1)));
    assert_eq!(
        find_version(&mut *scene.conn().await, GuildId(99)).await,
        Ok(ConfigVersion(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_two_processes_have_no_gap_and_their_revisions_chain() {
    let scene = scene().await;
    let other = writer(&scene.database).await;
    let changes = (0..60).map(|n| {
        let writer = if n % 2 == 0 { &scene.writer } else { &other };
        let place = if n % 3 == 0 { ACTION } else { Place::Row };
        writer.keep_now(change(place, Some(json!("ban"))))
    });
    let mut versions: Vec<i64> = join_all(changes)
        .await
        .into_iter()
        .map(|changed| changed.expect("written").version.0)
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=60).collect::<Vec<_>>());
    assert_eq!(
        scene
            .number("SELECT count(*) FROM guild_config_revisions")
            .await,
        60
    );
    let first = "SELECT count(*) FROM guild_config_revisions WHERE old_value IS NULL";
    assert_eq!(
        scene.number(first).await,
        2,
        "only the first of each key had nothing before"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_of_one_moment() {
    let scene = scene().await;
    let write = async {
        for n in 1..=40 {
            scene
                .set(change(Place::Row, Some(json!(n))))
                .await
                .expect("written");
        }
    };
    let read = async {
        loop {
            let loaded = scene.stored().await;
            let value = loaded.values.get("KEY").and_then(Value::as_i64);
            assert_eq!(value.unwrap_or_default(), loaded.version.0);
            if loaded.version.0 == 40 {
                break;
            }
        }
    };
    tokio::join!(write, read);
}
