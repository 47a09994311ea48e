//! Carries out what a line means, and tells what came of it.

use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;

use super::house::House;
use super::line::Line;
use super::mention::mentions;
use super::tell::tell;
use crate::domain::duration;
use crate::domain::ids::ChannelId;
use crate::simulator::{Answer, ControlError, Happening, Happenings, Pending, SimMember, What};

/// What can be typed, in ten lines.
pub(super) const HELP: [&str; 10] = [
    "  hello there             alice writes; @mallory hello: mallory does (who is unknown, joins first)",
    "  /config show            the administrator uses a command; @moderator /case view 1: the moderator does",
    "  press LABEL             clicks the newest button, or option of a select, with this label; as NAME press LABEL",
    "  fill FIRST | SECOND     fills in the form that opened and sends it; keep A.JSON: the answer's file, for file:A.JSON",
    "  join NAME, leave NAME   somebody comes or goes; raid 20 TEXT: so many strangers join and write that",
    "  go #mod-log             writes in another channel from now on",
    "  clock +10m, wait 2s     puts the clock forward; lets time pass",
    "  restart, kill, drop     stops the bot and starts it again; kills it, as a crash does; tears its connection",
    "  stats                   figures; expect TEXT (or expect not TEXT): whether the last answers show it",
    "  help, quit              this; the end. A message that looks like one of these: @alice help",
];

/// More messages than these at once are told by their first lines.
const LOUD: usize = 6;

/// What says things to the reader.
pub(super) type Voice = Box<dyn FnMut(&str) + Send>;

/// The demo in action.
pub(super) struct Stage {
    pub(super) house: House,
    happenings: Happenings,
    channel: ChannelId,
    answer: Option<Answer>,
    say: Voice,
    /// What was told since the last act.
    told: Vec<String>,
    /// Whether waiting puts the clock forward instead.
    pub(super) hurried: bool,
    raiders: u32,
}

/// Whether it goes on after a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Goes {
    On,
    Out,
}

impl Stage {
    pub(super) fn new(house: House, say: Voice) -> anyhow::Result<Self> {
        Ok(Self {
            happenings: house.sim.happenings(),
            channel: house.guild.channel("general")?,
            house,
            answer: None,
            say,
            told: Vec::new(),
            hurried: false,
            raiders: 0,
        })
    }

    /// Says something to the reader.
    pub(super) fn tell(&mut self, text: &str) {
        (self.say)(text);
        self.told.extend(text.lines().map(str::to_owned));
    }

    /// Says something to the reader that is no answer.
    pub(super) fn echo(&mut self, text: &str) {
        (self.say)(text);
    }

    /// Leaves untold what happened so far.
    pub(super) fn forget(&mut self) {
        let forgotten = self.happenings.so_far();
        tracing::debug!(happenings = forgotten.len(), "not told");
    }

    /// The next thing that happens by itself.
    pub(super) async fn next(&mut self) -> Happening {
        self.happenings.next().await
    }

    /// Tells a happening.
    pub(super) fn tell_happening(&mut self, happening: &Happening) {
        self.tell_one(happening, false);
    }

    fn tell_one(&mut self, happening: &Happening, brief: bool) {
        let mut lines = self.house.sim.look(|world| tell(world, happening));
        if brief && is_posted(happening) {
            lines.truncate(2);
        }
        if !lines.is_empty() {
            self.tell(&lines.join("\n"));
        }
    }

    /// Does what a line means. What Discord or the demo refuses is told, not an error.
    ///
    /// # Errors
    /// What keeps the demo from going on, and an expectation that is not met.
    pub(super) async fn carry_out(&mut self, line: &Line) -> anyhow::Result<Goes> {
        if let Line::Expect(shown, text) = line {
            self.expect(*shown, text).await?;
            return Ok(Goes::On);
        }
        if *line == Line::Quit {
            return Ok(Goes::Out);
        }
        self.told.clear();
        match self.act(line).await {
            Ok(()) => {}
            Err(error) => match error.downcast::<ControlError>() {
                Ok(refused) => self.tell(&format!("  ! {refused}")),
                Err(error) => return Err(error),
            },
        }
        self.catch_up().await?;
        Ok(Goes::On)
    }

    /// Waits until all is settled and tells what happened.
    async fn catch_up(&mut self) -> anyhow::Result<()> {
        self.house.settled().await?;
        let happened = self.happenings.so_far();
        let brief = happened.iter().filter(|one| is_posted(one)).count() > LOUD;
        for happening in happened {
            self.tell_one(&happening, brief);
        }
        Ok(())
    }

    async fn act(&mut self, line: &Line) -> anyhow::Result<()> {
        match line {
            Line::Say(name, text) => self.post(name.as_deref().unwrap_or("alice"), text)?,
            Line::Command(name, text) => {
                let who = self.caller(name.as_deref())?;
                let text = self.mentioning(text);
                self.await_answer(who.runs(&text)?).await?;
            }
            Line::Press(name, label) => {
                let who = self.caller(name.as_deref())?;
                self.await_answer(who.clicks(label)?).await?;
            }
            Line::Fill(name, texts) => self.fill(name.as_deref(), texts).await?,
            Line::Keep(name) => {
                let answer = self.answer.clone().unwrap_or_default();
                self.caller(None)?.keeps(&answer, name)?;
                self.tell(&format!("  … the file is kept as {name}"));
            }
            Line::Join(name) => {
                self.house.guild.joins(name)?;
            }
            Line::Leave(name) => self.house.guild.member(name)?.leaves()?,
            Line::Raid(count, text) => self.raid(*count, text)?,
            Line::Go(name) => self.channel = self.house.guild.channel(name)?,
            Line::Restart => self.restart().await?,
            Line::Kill => self.kill().await?,
            Line::Drop => self.drop_connection().await?,
            Line::Wait(span) => self.pass(*span).await,
            Line::Clock(span) => self.put_forward(*span),
            Line::Stats => self.stats().await?,
            Line::Help => self.tell(&HELP.join("\n")),
            Line::Slip(form) => self.tell(&format!(
                "  ! it is written {form}. To say it as it stands: @alice and the line"
            )),
            Line::Nothing | Line::Quit | Line::Expect(..) => {}
        }
        Ok(())
    }

    fn post(&mut self, name: &str, text: &str) -> Result<(), ControlError> {
        let posted = self
            .person(name)
            .and_then(|who| who.posts(self.channel, &self.mentioning(text)));
        if posted.is_err()
            && let Some(why) = self.silenced(name)
        {
            self.tell(&why);
        }
        posted.map(drop)
    }

    /// The text with mentions where members and roles are named by `@name`, as Discord's client makes them.
    fn mentioning(&self, text: &str) -> String {
        let guild = self.house.guild.id();
        self.house.sim.look(|world| mentions(world, guild, text))
    }

    /// What keeps somebody from writing here, in the bot's own terms.
    fn silenced(&self, name: &str) -> Option<String> {
        let guild = self.house.guild.id();
        self.house.sim.look(|world| {
            let user = world.find_user(name)?;
            if world.is_banned(guild, user) {
                return Some(format!("  ! {name} is banned"));
            }
            let until = world.timeout_until(guild, user)?;
            let left = (until - world.now()).to_std().unwrap_or_default();
            Some(format!(
                "  ! {name} is timed out for {} more",
                duration::format(left)
            ))
        })
    }

    /// A member of this name, who joins if there is none.
    fn person(&self, name: &str) -> Result<SimMember, ControlError> {
        let guild = &self.house.guild;
        guild.member(name).or_else(|_| guild.joins(name))
    }

    fn caller(&self, name: Option<&str>) -> Result<SimMember, ControlError> {
        let who = match name {
            Some(name) => self.house.guild.member(name)?,
            None => self.house.guild.owner()?,
        };
        Ok(who.in_channel(self.channel))
    }

    async fn await_answer(&mut self, pending: Pending) -> anyhow::Result<()> {
        match pending.answer_within(Duration::from_secs(10)).await {
            Ok(answer) => self.answer = Some(answer),
            Err(_) => self.tell("  ! The application did not respond."),
        }
        Ok(())
    }

    async fn fill(&mut self, name: Option<&str>, texts: &[String]) -> anyhow::Result<()> {
        let who = self.caller(name)?;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let form = self.answer.take().unwrap_or_default();
        self.await_answer(who.fills(&form, &texts)?).await
    }

    fn raid(&mut self, count: u32, text: &str) -> Result<(), ControlError> {
        for _ in 0..count {
            self.raiders += 1;
            let stranger = self.house.guild.joins(&format!("raider{}", self.raiders))?;
            if !text.is_empty() {
                stranger.posts(self.channel, text)?;
            }
        }
        Ok(())
    }

    async fn restart(&mut self) -> anyhow::Result<()> {
        self.tell("  … the bot stops and starts again");
        self.house
            .restart()
            .await
            .context("the bot did not come back")?;
        self.tell("  … it is back");
        Ok(())
    }

    async fn kill(&mut self) -> anyhow::Result<()> {
        self.tell("  … the bot is killed and starts again");
        self.house
            .kill()
            .await
            .context("the bot did not come back")?;
        self.tell("  … it is back");
        Ok(())
    }

    async fn drop_connection(&mut self) -> anyhow::Result<()> {
        let sim = self.house.sim.clone();
        sim.drop_connections();
        self.tell("  … the connection is torn");
        sim.bot_connected().await?;
        self.tell("  … the bot is back and has missed nothing");
        Ok(())
    }

    /// Lets time pass, by the clock of the world alone where it is hurried.
    pub(super) async fn pass(&mut self, span: Duration) {
        if self.hurried {
            self.put_forward(span);
        } else {
            tokio::time::sleep(span).await;
        }
    }

    fn put_forward(&self, span: Duration) {
        let span = TimeDelta::from_std(span).unwrap_or_default();
        self.house.clock.advance(span);
    }

    async fn stats(&mut self) -> anyhow::Result<()> {
        let figures = super::stats::figures(&self.house).await?;
        self.tell(&figures);
        Ok(())
    }

    /// Whether what was told since the last act shows a text; waits a little for one that shall be there.
    async fn expect(&mut self, shown: bool, text: &str) -> anyhow::Result<()> {
        let wanted = in_one_line(text);
        let seen = |told: &[String]| in_one_line(&told.join(" ")).contains(&wanted);
        if !shown {
            self.catch_up().await?;
            anyhow::ensure!(
                !seen(&self.told),
                "“{text}” was not to be seen, but {}",
                self.all()
            );
            return Ok(());
        }
        let wait = async {
            while !seen(&self.told) {
                let next = self.happenings.next().await;
                self.tell_happening(&next);
            }
        };
        let met = tokio::time::timeout(Duration::from_secs(5), wait).await;
        met.map_err(|_| anyhow::anyhow!("expected “{text}”, but {}", self.all()))
    }

    fn all(&self) -> String {
        if self.told.is_empty() {
            "nothing was seen".to_owned()
        } else {
            format!("this was seen:\n{}", self.told.join("\n"))
        }
    }
}

fn is_posted(happening: &Happening) -> bool {
    matches!(happening.what, What::Posted(_))
}

/// What was broken into lines, inside boxes too, as one line.
fn in_one_line(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}
