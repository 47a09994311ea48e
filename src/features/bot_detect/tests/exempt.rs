//! Whose messages are never punished.

use crate::features::tests::{detecting, judged, punished, stays, types};
use crate::simulator::Permissions;

const SCAM: &str = "claim your FREE NITRO now";

#[tokio::test(flavor = "multi_thread")]
async fn owner_administrators_and_moderators_are_staff() {
    let house = detecting().await;
    stays(&house, "admin", SCAM).await;
    let boss = house.guild.add_member("boss").expect("a member");
    boss.may(Permissions::ADMINISTRATOR).expect("a member");
    stays(&house, "boss", SCAM).await;
    let mods = house.guild.add_role("mods", Permissions::NONE, 5);
    let helper = house.guild.add_member("helper").expect("a member");
    helper.give_role(mods).expect("a member");
    house
        .admin(&format!(
            "/config set key:MODERATOR_ROLE_ID value:<@&{mods}>"
        ))
        .await;
    stays(&house, "helper", SCAM).await;
    house.admin("/config reset key:MODERATOR_ROLE_ID").await;
    punished(&house, "helper", SCAM).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whitelisted_roles_and_users_are_exempt_until_they_are_removed() {
    let house = detecting().await;
    let role = house.guild.add_role("partners", Permissions::NONE, 5);
    house.member("alice").give_role(role).expect("a member");
    house.admin("/botdetect action action:warn").await;
    house
        .admin("/botdetect whitelist add role:partners user:mallory")
        .await;
    stays(&house, "alice", SCAM).await;
    stays(&house, "mallory", SCAM).await;
    house
        .admin("/botdetect whitelist remove role:partners user:mallory")
        .await;
    punished(&house, "alice", SCAM).await;
    punished(&house, "mallory", SCAM).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_configures_by_text_is_not_punished_for_the_words_of_the_command() {
    let house = detecting().await;
    let manager = house.guild.add_member("manager").expect("a member");
    manager.may(Permissions::MANAGE_GUILD).expect("a member");
    // The bot computes permissions for text commands, from roles that it has heard of.
    judged(&house).await;
    let answer = types(&house, "manager", &format!("o!botdetect test {SCAM}")).await;
    assert!(answer.starts_with("This text would bring"), "{answer}");
    stays(&house, "manager", "o!botdetect keywords add free nitro").await;
    // The prefix is no way around the search, neither for members nor without a command.
    punished(&house, "mallory", &format!("o!botdetect test {SCAM}")).await;
    punished(&house, "manager", SCAM).await;
    house.nothing_is_left().await;
}
