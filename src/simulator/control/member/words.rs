//! What a member does in a user's words: says something, clicks what a button is labelled, fills in the form.

use serde_json::Value;

use super::SimMember;
use crate::domain::ids::{ChannelId, MessageId};
use crate::simulator::control::answer::{Answer, Pending};
use crate::simulator::control::error::ControlError;
use crate::simulator::world::World;
use crate::simulator::world::message::Message;

/// A button, or an option of a select, that a member can click.
struct Clickable {
    message: MessageId,
    custom_id: String,
    /// The option of a select.
    value: Option<String>,
}

impl SimMember {
    /// Writes where the member is: the channel of [`SimMember::in_channel`], else the first that the member sees.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] as Discord would, [`ControlError::Unknown`] when the member sees no channel.
    pub fn says(&self, text: &str) -> Result<MessageId, ControlError> {
        let place = self.guild.simulator().look(|world| self.place(world))?;
        self.posts(place, text)
    }

    /// Clicks a button by its label or custom id, or chooses the option of a select by its label or value: the newest
    /// that the member sees, in the guild, in an answer for the member alone, or in the direct messages.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`] when there is none that is not greyed out.
    pub fn clicks(&self, label: &str) -> Result<Pending, ControlError> {
        let found = self
            .guild
            .simulator()
            .look(|world| self.find_clickable(world, label));
        let found = found.ok_or_else(|| ControlError::unknown("button", label))?;
        let values: Vec<&str> = found.value.iter().map(String::as_str).collect();
        self.selects(found.message, &found.custom_id, &values)
    }

    /// Fills in the form that the bot opened, its inputs from the top, and sends it.
    ///
    /// # Errors
    ///
    /// [`ControlError::Request`] when the answer opened no form, and as [`SimMember::submits`].
    pub fn fills(&self, answer: &Answer, texts: &[&str]) -> Result<Pending, ControlError> {
        let none = || ControlError::Request("the bot opened no form".to_owned());
        let form = answer.modal.as_ref().ok_or_else(none)?;
        let mut inputs = Vec::new();
        find_inputs(form, &mut inputs);
        let fields: Vec<(&str, &str)> = inputs.into_iter().zip(texts.iter().copied()).collect();
        let id = form["custom_id"].as_str().unwrap_or_default();
        self.submits(id, &fields)
    }

    fn find_clickable(&self, world: &World, label: &str) -> Option<Clickable> {
        let guild = world.guild(self.guild.id())?;
        let direct = world.direct.get(&self.id);
        let places = guild.channels.iter().chain(direct);
        places
            .filter_map(|place| self.newest_in(world, *place, label))
            .max_by_key(|found| found.message)
    }

    fn newest_in(&self, world: &World, place: ChannelId, label: &str) -> Option<Clickable> {
        let mut list = world.messages.get(&place)?.values().rev();
        list.find_map(|message| {
            let (custom_id, value) = self
                .sees(message)
                .then(|| find_in(&message.components, label))??;
            Some(Clickable {
                message: message.id,
                custom_id,
                value,
            })
        })
    }

    fn sees(&self, message: &Message) -> bool {
        let own = message.interaction.as_ref().map(|origin| origin.user);
        !message.is_ephemeral() || own == Some(self.id)
    }
}

/// The custom id of what is labelled so, and the value of the option.
fn find_in(components: &[Value], label: &str) -> Option<(String, Option<String>)> {
    let is = |value: &Value| {
        let text = value.as_str();
        text.is_some_and(|text| text.to_lowercase() == label.to_lowercase())
    };
    components.iter().find_map(|one| {
        if one["disabled"] == true {
            return None;
        }
        if let Some(inside) = one["components"].as_array() {
            return find_in(inside, label);
        }
        let id = one["custom_id"].as_str()?.to_owned();
        let mut options = one["options"].as_array().into_iter().flatten();
        let option = options.find(|option| is(&option["label"]) || is(&option["value"]));
        if let Some(option) = option {
            return Some((id, option["value"].as_str().map(str::to_owned)));
        }
        (is(&one["label"]) || is(&one["custom_id"])).then_some((id, None))
    })
}

/// The custom ids of a form's inputs, from the top; labels may stand around them.
fn find_inputs<'a>(form: &'a Value, found: &mut Vec<&'a str>) {
    let inside = form["components"].as_array().into_iter().flatten();
    let labelled = form.get("component");
    for one in inside.chain(labelled) {
        if let Some(id) = one["custom_id"].as_str() {
            found.push(id);
        }
        find_inputs(one, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_button_is_found_by_label_and_id_and_a_select_by_its_options() {
        let rows = [
            json!({"type": 1, "components": [
                {"type": 2, "custom_id": "old", "label": "Appeal", "disabled": true},
                {"type": 2, "custom_id": "appeal:7", "label": "Appeal"},
            ]}),
            json!({"type": 1, "components": [
                {"type": 3, "custom_id": "why", "options": [{"label": "A mistake", "value": "m"}]},
            ]}),
        ];
        let button = Some(("appeal:7".to_owned(), None));
        assert_eq!(find_in(&rows, "appeal"), button);
        assert_eq!(find_in(&rows, "appeal:7"), button);
        let option = Some(("why".to_owned(), Some("m".to_owned())));
        assert_eq!(find_in(&rows, "a mistake"), option);
        assert_eq!(find_in(&rows, "M"), option);
        assert_eq!(find_in(&rows, "old"), None);
    }

    #[test]
    fn the_inputs_of_a_form_are_found_in_rows_and_under_labels() {
        let form = json!({"custom_id": "form", "components": [
            {"type": 1, "components": [{"type": 4, "custom_id": "first"}]},
            {"type": 18, "component": {"type": 4, "custom_id": "second"}},
        ]});
        let mut found = Vec::new();
        find_inputs(&form, &mut found);
        assert_eq!(found, ["first", "second"]);
    }
}
