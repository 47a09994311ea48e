//! Purging a guild: every table with a guild is emptied, step by step, unless AIMod is back in it.

use aimod::store::tables::erasure::{Purge, Purged, count_guild};
use diesel_async::SimpleAsyncConnection as _;

use super::erasure::{filled, now};
use super::*;

const SETTINGS: [&str; 1] = ["botdetect_config"];

fn purge(guild: u64, left_before: Option<DateTime<Utc>>) -> Purge {
    Purge {
        guild: GuildId(guild),
        left_before,
        settings: SETTINGS.to_vec(),
        most: 2,
    }
}

async fn rows_of(scene: &Scene, guild: u64) -> i64 {
    let tables = scene
        .text(
            "SELECT string_agg(table_name, ' ') FROM information_schema.columns c WHERE table_schema = 'public' \
             AND column_name = 'guild_id' AND NOT EXISTS (SELECT FROM pg_class p WHERE p.relname = c.table_name AND p.relispartition)",
        )
        .await
        .expect("tables");
    let mut rows = 0;
    for table in tables.split(' ') {
        rows += scene
            .number(&format!(
                "SELECT count(*) FROM {table} WHERE guild_id = {guild}"
            ))
            .await;
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_guild_goes_step_by_step_and_the_others_stay() {
    let scene = filled().await;
    let (counted, present) = count_guild(&mut *scene.conn().await, GUILD, &SETTINGS)
        .await
        .expect("counts");
    assert!(present);
    let total: i64 = counted.iter().map(|(_, count)| count).sum();
    assert_eq!(
        total,
        rows_of(&scene, 10).await,
        "every table with a guild is counted"
    );
    let others = rows_of(&scene, 11).await;
    let mut steps = 0;
    let last = loop {
        match scene
            .writer
            .keep_now(purge(10, None))
            .await
            .expect("written")
        {
            Purged::Some(_, rows) => {
                assert!(rows <= 3, "small steps");
                steps += 1;
            }
            Purged::All(last) => break last,
            Purged::NotLeft => panic!("the operator means it"),
        }
    };
    assert!(steps >= 8, "{steps}");
    assert!(last.contains(&("guild_settings", 1)), "{last:?}");
    assert_eq!(rows_of(&scene, 10).await, 0);
    assert_eq!(rows_of(&scene, 11).await, others);
    // Infractions that are gone no longer count.
    let counters = "SELECT string_agg(user_id || ':' || infraction_count, ' ' ORDER BY user_id) FROM user_data";
    assert_eq!(scene.text(counters).await.as_deref(), Some("5:1 6:0"));
    assert_eq!(scene.number("SELECT count(*) FROM case_edits").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_is_back_or_has_just_left_is_not_purged() {
    let scene = filled().await;
    let before = Some(now());
    assert_eq!(
        scene.writer.keep_now(purge(10, before)).await,
        Ok(Purged::NotLeft),
        "never left"
    );
    let mut conn = scene.conn().await;
    conn.batch_execute(
        "UPDATE guild_settings SET left_at = '2026-02-01T12:00:01Z' WHERE guild_id = 10",
    )
    .await
    .expect("left");
    assert_eq!(
        scene.writer.keep_now(purge(10, before)).await,
        Ok(Purged::NotLeft),
        "left a second ago"
    );
    conn.batch_execute(
        "UPDATE guild_settings SET left_at = '2026-02-01T12:00:00Z' WHERE guild_id = 10",
    )
    .await
    .expect("left");
    assert!(matches!(
        scene.writer.keep_now(purge(10, before)).await,
        Ok(Purged::Some("command_logs", _))
    ));
    let back = GuildSeen::Present {
        guild: GUILD,
        name: "A".to_owned(),
        member_count: 2,
    };
    scene.writer.keep_now(back).await.expect("back");
    assert_eq!(
        scene.writer.keep_now(purge(10, before)).await,
        Ok(Purged::NotLeft),
        "back in the middle of it"
    );
    assert_eq!(
        scene.writer.keep_now(purge(99, before)).await,
        Ok(Purged::NotLeft),
        "an unknown guild"
    );
}
