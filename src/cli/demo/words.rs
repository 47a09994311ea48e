//! What people of the demo say: chat in several languages, and scams with their disguises.

/// Ordinary chat.
pub(super) const CHAT: [&str; 40] = [
    "good morning everyone",
    "did anybody watch the match last night?",
    "I finally beat the last level",
    "lol",
    "can somebody help me with my homework?",
    "the new patch feels much better",
    "brb, making tea",
    "who is up for a round this evening?",
    "that was close",
    "I think the bus is late again",
    "my cat just walked over the keyboard 🐈",
    "guten Morgen zusammen",
    "hat jemand morgen Zeit?",
    "das Wetter ist heute furchtbar",
    "ich probiere das gleich mal aus",
    "bonjour tout le monde",
    "quelqu'un a vu mon message ?",
    "on se retrouve à vingt heures",
    "hola a todos",
    "¿alguien juega esta noche?",
    "nos vemos mañana",
    "доброе утро",
    "кто сегодня играет?",
    "おはようございます",
    "今日はいい天気ですね",
    "안녕하세요 여러분",
    "has anyone read the release notes?",
    "the docs say to restart it once",
    "thanks, that worked!",
    "I would not do that on a Friday",
    "what a day",
    "here is the recipe: two eggs, flour, a little salt",
    "could you send me the link to the slides?",
    "https://www.rust-lang.org is where I started",
    "we meet at the station at half past six",
    "my brother moved to Lisbon last week",
    "is the voice channel broken for anyone else?",
    "congratulations on the new job!",
    "I have never liked that song",
    "see you all later 👋",
];

/// Scams as their authors would like to write them.
pub(super) const SCAMS: [&str; 8] = [
    "hey! claim your free nitro before it is gone",
    "free steam gift card for the first ten people",
    "double your bitcoin with my mentor today",
    "discord nitro for free, only this hour",
    "free robux, no joke, just log in",
    "nitro code generator that really works",
    "look at this https://101nitro.com/claim",
    "your prize waits at http://1nitro.club/win",
];

/// How scammers hide from simple filters: `way` 0 does nothing, 1 swaps in look-alikes, 2 puts invisible characters
/// between letters, 3 shouts. Links only lose their lower case, because a disguised link leads nowhere.
pub(super) fn disguise(text: &str, way: u32) -> String {
    let is_link = text.contains("://");
    match way {
        1 if !is_link => text.chars().map(look_alike).collect(),
        2 if !is_link => text
            .chars()
            .flat_map(|letter| [letter, '\u{200b}'])
            .collect(),
        3 if !is_link => text.to_uppercase(),
        _ => text.to_owned(),
    }
}

/// The Cyrillic letter that looks like a Latin one.
const fn look_alike(letter: char) -> char {
    match letter {
        'a' => 'а',
        'e' => 'е',
        'o' => 'о',
        'c' => 'с',
        'p' => 'р',
        other => other,
    }
}
