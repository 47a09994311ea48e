//! The rule: a message with a scam phrase or a phishing link is deleted, its author told and punished as set.

use std::sync::{Arc, LazyLock};

use super::config;
use super::keyword::is_too_short;
use super::matcher::{Finding, Matcher};
use super::replies;
use super::settings::{BotAction, BotDetectSettings};
use crate::domain::event::{Event, Message};
use crate::domain::ids::ChannelId;
use crate::domain::permissions::Permissions;
use crate::domain::verdict::{Card, Decision, Punishment};
use crate::features::cases::{self, CardFacts};
use crate::guild::config::key::KeySpec;
use crate::guild::config::snapshot::Values;
use crate::guild::keys::{MODERATOR_ROLE_ID, PREFIX};
use crate::guild::language::{Language, Texts};
use crate::guild::rule::{Judge, Matter, Rule};

/// How far back a banned scammer's messages are deleted.
const BAN_DELETES_SECS: u32 = 3_600;

/// The texts of the room.
pub static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "bot_detect",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// The room as the guild floor knows it.
pub struct BotDetect;

impl Judge for BotDetect {
    fn room(&self) -> &'static str {
        "bot_detect"
    }

    fn keys(&self) -> &'static [&'static KeySpec] {
        &config::KEYS
    }

    fn compile(&self, values: &Values) -> Arc<dyn Rule> {
        let settings = config::settings(values);
        // A guild that has it switched off pays for no matcher.
        let matcher = settings.enabled.then(|| Matcher::compile(&settings));
        Arc::new(Detect { settings, matcher })
    }

    fn texts(&self) -> Option<&'static Texts> {
        Some(&TEXTS)
    }

    fn needs(&self, values: &Values) -> Permissions {
        let settings = config::settings(values);
        if !settings.enabled {
            return Permissions::NONE;
        }
        // What was posted while nobody listened is read back.
        Permissions::MANAGE_MESSAGES
            | Permissions::READ_MESSAGE_HISTORY
            | match settings.action {
                BotAction::Delete | BotAction::Warn => Permissions::NONE,
                BotAction::Timeout => Permissions::MODERATE_MEMBERS,
                BotAction::Kick => Permissions::KICK_MEMBERS,
                BotAction::Ban => Permissions::BAN_MEMBERS,
            }
    }

    fn doubts(&self, values: &Values) -> Vec<&'static str> {
        let settings = config::settings(values);
        let unannounced = settings.enabled && config::log_channel(&settings, values).is_none();
        let mut keywords = settings.keywords().iter();
        let short = keywords.any(|keyword| is_too_short(keyword));
        let doubts = [
            unannounced.then_some("bot_detect-doubt-unannounced"),
            short.then_some("bot_detect-doubt-short"),
        ];
        doubts.into_iter().flatten().collect()
    }
}

struct Detect {
    settings: BotDetectSettings,
    matcher: Option<Matcher>,
}

impl Rule for Detect {
    fn judge(&self, matter: &Matter<'_>) -> Option<Decision> {
        let matcher = self.matcher.as_ref()?;
        let (Event::MessagePosted(message)
        | Event::MessageEdited(message)
        | Event::MessageFound(message)) = matter.event
        else {
            return None;
        };
        let author = &message.author;
        if author.bot || message.content.is_empty() {
            return None;
        }
        // The search is the common case's whole cost; who wrote it matters only for what is found.
        let finding = matcher.find(&message.content)?;
        let exempt = self.settings.is_whitelisted(author.id, &author.roles)
            || matter
                .guild
                .is_staff(author, matter.values.role(&MODERATOR_ROLE_ID))
            || is_configuring(matter, message);
        (!exempt).then(|| self.decide(matter, message, &finding))
    }
}

/// Whether somebody who may configure AIMod writes a text command, such as one that adds the phrase it holds. For
/// anybody else the prefix would be a way around the search.
fn is_configuring(matter: &Matter<'_>, message: &Message) -> bool {
    let bot = matter.guild.bot;
    let prefixes = [format!("<@{bot}>"), format!("<@!{bot}>")];
    let prefix = matter.values.text(&PREFIX).filter(|text| !text.is_empty());
    let is_command = prefix.is_some_and(|prefix| message.content.starts_with(prefix))
        || prefixes
            .iter()
            .any(|mention| message.content.starts_with(mention));
    let author = &message.author;
    is_command
        && matter
            .guild
            .permissions_of(author.id, &author.roles)
            .allow(Permissions::MANAGE_GUILD)
}

impl Detect {
    fn decide(&self, matter: &Matter<'_>, message: &Message, finding: &Finding) -> Decision {
        let author = &message.author;
        let rule = replies::rule_violated(finding);
        Decision {
            target_name: author.name.clone(),
            message: Some((message.channel, message.id)),
            reasoning: rule.clone(),
            rule,
            notice: Some(self.notice(matter, finding)),
            card: config::log_channel(&self.settings, matter.values)
                .map(|channel| self.card(matter, channel, (message, finding))),
            standing: matter.guild.standing_towards(author),
            config_version: matter.version,
            ..Decision::new(
                matter.guild.id,
                format!("bot_detect:{}", message.id),
                author.id,
                self.punishment(),
                matter.now,
            )
        }
    }

    fn punishment(&self) -> Punishment {
        match self.settings.action {
            BotAction::Delete => Punishment::Delete,
            BotAction::Warn => Punishment::Warn,
            BotAction::Timeout => Punishment::Timeout {
                duration: self.settings.timeout(),
            },
            BotAction::Kick => Punishment::Kick,
            BotAction::Ban => Punishment::Ban {
                delete_message_secs: BAN_DELETES_SECS,
            },
        }
    }

    fn notice(&self, matter: &Matter<'_>, finding: &Finding) -> String {
        let speech = TEXTS.speech(Language::of(matter.values));
        let notice = replies::MemberNotice {
            guild: &matter.guild.name,
            action: self.settings.action,
            timeout: self.settings.timeout(),
            finding,
        };
        replies::member_notice(speech, &notice)
    }

    fn card(
        &self,
        matter: &Matter<'_>,
        channel: ChannelId,
        (message, finding): (&Message, &Finding),
    ) -> Card {
        let language = Language::of(matter.values);
        let reason = replies::explained(TEXTS.speech(language), finding);
        let author = &message.author;
        let facts = CardFacts {
            channel: Some(message.channel),
            reason: Some(&reason),
            ..CardFacts::new(author.id, &author.name, self.punishment())
        };
        cases::card(language, channel, &facts)
    }
}
