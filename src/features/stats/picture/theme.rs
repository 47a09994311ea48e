//! The colours of a picture.

use super::super::group::Group;

/// What a picture stands on: Discord's dark or its light background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, poise::ChoiceParameter)]
pub(crate) enum Theme {
    /// For Discord's dark look.
    #[default]
    #[name = "dark"]
    Dark,
    /// For Discord's light look.
    #[name = "light"]
    Light,
}

impl Theme {
    pub(in super::super) const fn background(self) -> &'static str {
        match self {
            Self::Dark => "#313338",
            Self::Light => "#FFFFFF",
        }
    }

    pub(in super::super) const fn text(self) -> &'static str {
        match self {
            Self::Dark => "#F2F3F5",
            Self::Light => "#1E1F22",
        }
    }

    /// What stands back: labels of axes.
    pub(in super::super) const fn faint(self) -> &'static str {
        match self {
            Self::Dark => "#B5BAC1",
            Self::Light => "#5C5E66",
        }
    }

    pub(in super::super) const fn line(self) -> &'static str {
        match self {
            Self::Dark => "#4A4D54",
            Self::Light => "#DDDFE3",
        }
    }

    /// Seven colours each that stay apart for eyes with any kind of colour blindness; a test computes what those see.
    pub(in super::super) const fn of(self, group: Group) -> &'static str {
        match (self, group) {
            (Self::Dark, Group::Delete) => "#31D2FF",
            (Self::Dark, Group::Warn) => "#E6F251",
            (Self::Dark, Group::Timeout) => "#F59F00",
            (Self::Dark, Group::Kick) => "#AB65D8",
            (Self::Dark, Group::Ban) => "#DE5600",
            (Self::Dark, Group::Notify) => "#1B967A",
            (Self::Dark, Group::Other) => "#A8B8A1",
            (Self::Light, Group::Delete) => "#2934E9",
            (Self::Light, Group::Warn) => "#622B00",
            (Self::Light, Group::Timeout) => "#E96912",
            (Self::Light, Group::Kick) => "#3A008F",
            (Self::Light, Group::Ban) => "#AB433A",
            (Self::Light, Group::Notify) => "#27A78B",
            (Self::Light, Group::Other) => "#885CA0",
        }
    }
}
