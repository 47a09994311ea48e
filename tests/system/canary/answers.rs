//! What the bot answers: every letter of it, and the files that hang on it.

use aimod::actions::discord::{DiscordRest, RestOptions};
use aimod::domain::ids::ChannelId;
use aimod::simulator::Answer;

use super::*;

impl Scene {
    /// All that the bot wrote for everybody in a channel.
    pub(super) fn said_in(&self, channel: ChannelId) -> String {
        self.sim.look(|world| {
            let said = world.bot_messages(channel).into_iter();
            let said = said.map(|message| format!("{message:?}"));
            said.collect::<Vec<_>>().join("\n")
        })
    }

    /// The contents of the files that come with an answer.
    pub(super) async fn files_of(&self, answer: &Answer) -> Vec<String> {
        let base = self.sim.api_base();
        let rest = DiscordRest::new(&"x".into(), Some(&base), RestOptions::default());
        let rest = rest.expect("a client");
        let messages = std::iter::once(&answer.raw).chain(&answer.followups);
        let files = messages.filter_map(|message| message["attachments"].as_array());
        let links = files.flatten().filter_map(|file| file["url"].as_str());
        let mut all = Vec::new();
        for link in links {
            let bytes = rest.download(link, 1 << 20).await.expect("the file");
            all.push(String::from_utf8_lossy(&bytes).into_owned());
        }
        all
    }
}
