//! What Prometheus sees of the REST calls.

use reqwest::StatusCode;

use crate::telemetry::metrics::{SECONDS, metrics};

metrics! {
    /// Requests to Discord's REST API by route and HTTP status, each attempt counted; status "none" is an attempt without an answer.
    pub(crate) static REQUESTS: Counter<2> = ("aimod_discord_requests_total", ["route", "status"]);
    /// Time from sending a request to Discord until its answer is read.
    pub(crate) static REQUEST_SECONDS: Histogram<1> = ("aimod_discord_request_seconds", ["route"], buckets SECONDS);
    /// Answers of 429 from Discord by scope.
    pub(crate) static RATE_LIMITED: Counter<1> = ("aimod_discord_rate_limited_total", ["scope"]);
}

/// The routes that the house calls: the metric label and half of a lane's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Route {
    DeleteMessage,
    OpenDm,
    PostMessage,
    EditMessage,
    Ban,
    Unban,
    BulkBan,
    Kick,
    TimeOut,
    FindBan,
    FindMember,
    ListMembers,
    ListMessages,
    AuditLog,
    Application,
    OwnAccount,
    FindGuild,
    ListChannels,
    ListThreads,
    Download,
}

impl Route {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::DeleteMessage => "delete_message",
            Self::OpenDm => "open_dm",
            Self::PostMessage => "post_message",
            Self::EditMessage => "edit_message",
            Self::Ban => "ban",
            Self::Unban => "unban",
            Self::BulkBan => "bulk_ban",
            Self::Kick => "kick",
            Self::TimeOut => "time_out",
            Self::FindBan => "find_ban",
            Self::FindMember => "find_member",
            Self::ListMembers => "list_members",
            Self::ListMessages => "list_messages",
            Self::AuditLog => "audit_log",
            Self::Application => "application",
            Self::OwnAccount => "own_account",
            Self::FindGuild => "find_guild",
            Self::ListChannels => "list_channels",
            Self::ListThreads => "list_threads",
            Self::Download => "download",
        }
    }
}

/// The status as a label: those that Discord documents, the rest by class.
pub(super) fn status_label(status: Option<StatusCode>) -> &'static str {
    match status.map(|status| status.as_u16()) {
        None => "none",
        Some(200) => "200",
        Some(201) => "201",
        Some(204) => "204",
        Some(400) => "400",
        Some(401) => "401",
        Some(403) => "403",
        Some(404) => "404",
        Some(429) => "429",
        Some(500) => "500",
        Some(502) => "502",
        Some(503) => "503",
        Some(504) => "504",
        Some(200..300) => "2xx",
        Some(300..400) => "3xx",
        Some(400..500) => "4xx",
        Some(500..600) => "5xx",
        Some(_) => "other",
    }
}
