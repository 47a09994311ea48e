//! `guild_config` and its revisions.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_set_overwritten_and_cleared_with_its_revisions() {
    let scene = scene().await;
    let (one, two) = (json!({"a": [1, null]}), json!("two"));
    let set = |value| scene.set((Place::Row, value));
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
    let set = |value| scene.set((ACTION, value));
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
        let refused = scene.set((place, Some(value.clone()))).await;
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
    assert_eq!(scene.set((ACTION, Some(json!("ban")))).await, Ok((1, None)));
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
    let made = (0..60).map(async |n| {
        let writer = if n % 2 == 0 { &scene.writer } else { &other };
        let place = if n % 3 == 0 { ACTION } else { Place::Row };
        loop {
            let now = find_version(&mut *scene.conn().await, GUILD).await;
            let change = change(now.expect("a version"), (place, Some(json!("ban"))));
            if let ConfigWritten::Changed(version) = writer.keep_now(change).await.expect("written")
            {
                return version.0;
            }
        }
    });
    let mut versions: Vec<i64> = join_all(made).await;
    versions.sort_unstable();
    assert_eq!(versions, (1..=60).collect::<Vec<_>>());
    let revisions = "SELECT count(*) FROM guild_config_revisions";
    assert_eq!(scene.number(revisions).await, 60);
    let first = "SELECT count(*) FROM guild_config_revisions WHERE old_value IS NULL";
    assert_eq!(scene.number(first).await, 2, "only the first of each key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_an_outdated_version_writes_nothing() {
    let scene = scene().await;
    let set = |value| (Place::Row, Some(json!(value)));
    assert_eq!(scene.set(set(1)).await, Ok((1, None)));
    for expected in [0, 2, 7] {
        let late = change(ConfigVersion(expected), set(9));
        let written = scene.writer.keep_now(late).await;
        assert_eq!(written, Ok(ConfigWritten::Outdated), "{expected}");
    }
    let unknown = ConfigChange {
        guild: GuildId(99),
        ..change(ConfigVersion(3), set(9))
    };
    let written = scene.writer.keep_now(unknown).await;
    assert_eq!(
        written,
        Ok(ConfigWritten::Outdated),
        "there is no version 3"
    );
    assert_eq!(scene.stored().await.values["KEY"], 1);
    assert_eq!(scene.set(set(2)).await, Ok((2, Some(json!(1)))));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_edits_are_one_version_or_none() {
    let scene = scene().await;
    let edit = |key: &'static str, place, value| ConfigEdit {
        key: key.into(),
        place,
        default: None,
        value: Some(value),
    };
    let both = |action| ConfigChange {
        edits: vec![
            edit("ONE", Place::Row, json!(1)),
            edit("TWO", Place::Row, json!([2])),
            edit("BOTDETECT_ACTION", ACTION, json!(action)),
        ],
        ..change(ConfigVersion(0), (Place::Row, None))
    };
    let refused = scene.writer.keep_now(both("hug")).await;
    refused.expect_err("no such action");
    assert_eq!(scene.stored().await, StoredConfig::default());
    let written = scene.writer.keep_now(both("ban")).await;
    assert_eq!(written, Ok(ConfigWritten::Changed(ConfigVersion(1))));
    let revisions = list_revisions(&mut *scene.conn().await, GUILD, None, None, 9).await;
    let keys: Vec<String> = revisions
        .expect("revisions")
        .into_iter()
        .map(|revision| revision.key)
        .collect();
    assert_eq!(keys, ["BOTDETECT_ACTION", "ONE", "TWO"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_configurations_are_read_at_once_and_an_earlier_one_comes_back() {
    let scene = scene().await;
    for (place, value) in [
        (Place::Row, Some(json!(1))),
        (ACTION, Some(json!("kick"))),
        (Place::Row, Some(json!(2))),
        (Place::Row, None),
    ] {
        scene.set((place, value)).await.expect("written");
    }
    let mut conn = scene.conn().await;
    let guilds = [GuildId(99), GUILD];
    let loaded = load_configs(&mut conn, &guilds, &["botdetect_config"]).await;
    let mut loaded = loaded.expect("two configurations");
    loaded.sort_by_key(|(guild, _)| std::cmp::Reverse(*guild));
    assert_eq!(loaded[0], (GuildId(99), StoredConfig::default()));
    assert_eq!(loaded[1].1, scene.stored().await);
    assert_eq!(loaded[1].1.version, ConfigVersion(4));
    let undo = load_undo(&mut conn, GUILD, ConfigVersion(2)).await;
    let then = undo.expect("what to undo");
    assert_eq!(
        then.into_iter().collect::<Vec<_>>(),
        [("KEY".to_owned(), Some(json!(1)))]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_of_one_moment() {
    let scene = scene().await;
    let write = async {
        for n in 1..=40 {
            scene
                .set((Place::Row, Some(json!(n))))
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

#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_several_keys_is_no_gap_and_a_lost_one_is() {
    let scene = scene().await;
    let gaps = || async {
        let ledger = read_ledger(&scene.database.pool).await;
        ledger.expect("the sums").gaps
    };
    let mut both = change(ConfigVersion(0), (ACTION, Some(json!("ban"))));
    let other = change(ConfigVersion(0), (Place::Row, Some(json!("two"))));
    both.edits.extend(other.edits);
    both.edits[1].key = "OTHER".into();
    scene.writer.keep_now(both).await.expect("written");
    let rows = scene.number("SELECT count(*) FROM guild_config_revisions");
    assert_eq!((rows.await, gaps().await), (2, 0));
    let mut conn = scene.conn().await;
    let lost = diesel::sql_query("DELETE FROM guild_config_revisions");
    lost.execute(&mut *conn).await.expect("an owner may");
    assert_eq!(gaps().await, 1);
}
