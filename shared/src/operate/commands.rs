//! Every command that a person may give, with its members: what a document is read by, and what is
//! told where one cannot be read.

use serde::Serialize;

/// One command.
#[derive(Debug)]
pub(super) struct Command {
    /// Its verb.
    pub name: &'static str,
    /// What it does.
    pub does: &'static str,
    /// Its members, `command` left out.
    pub members: &'static [Member],
}

/// One member of a command's document.
#[derive(Debug)]
pub(super) struct Member {
    /// Its name.
    pub name: &'static str,
    /// Whether the document is nothing without it.
    pub needed: bool,
    /// What it may be.
    pub allowed: &'static str,
}

const fn must(name: &'static str, allowed: &'static str) -> Member {
    Member { name, needed: true, allowed }
}

const fn may(name: &'static str, allowed: &'static str) -> Member {
    Member { name, needed: false, allowed }
}

const APPLICATION: Member = must("application", "the name of an application of the plan");
const ANY_APPLICATION: Member =
    must("application", "the name of an application of the plan, or \"*\" for all of them");
const AUTHOR: Member = must("author", "a text of 1 to 100 printable characters: who you are");
const REASON: Member = must("reason", "a text of 1 to 500 characters: why");
const DIGEST: Member = must("digest", "the digest of a question that is open, 16 hexadecimal digits");
const RUN: Member = must("run", "the id of a run, as status shows it");
const FORCE: Member =
    may("force", "a list of names of guards that shall not count, each of which can be overridden");

/// Every command.
pub(super) const COMMANDS: [Command; 12] = [
    Command {
        name: "status",
        does: "shows how it stands: who serves, the evidence, what holds, what is asked and ordered",
        members: &[may("application", "the name of an application of the plan; without it, all of them")],
    },
    Command {
        name: "history",
        does: "shows the newest entries of the ledger, and the last moves",
        members: &[APPLICATION, may("limit", "a whole number from 1 to 500; 20 without it")],
    },
    Command {
        name: "explain",
        does: "says in words what was wanted and why it was done or not",
        members: &[
            APPLICATION,
            may("from", "a time such as 2026-11-22T02:13:00Z; an hour before until without it"),
            may("until", "a time such as 2026-11-22T03:13:00Z, at most 7 days after from; now without it"),
        ],
    },
    Command {
        name: "approve",
        does: "consents to exactly the effect that is asked about",
        members: &[APPLICATION, DIGEST, AUTHOR, REASON],
    },
    Command {
        name: "deny",
        does: "refuses exactly the effect that is asked about",
        members: &[
            APPLICATION,
            DIGEST,
            AUTHOR,
            REASON,
            may("for", "a duration such as 90m or 7d, at most 30d; 24h without it"),
        ],
    },
    Command {
        name: "fail-over",
        does: "orders traffic away from a region",
        members: &[
            APPLICATION,
            may("to", "the region that takes over; the first other one that is healthy without it"),
            may("from", "the region that is left; needed where several serve"),
            FORCE,
            AUTHOR,
            REASON,
        ],
    },
    Command {
        name: "fail-back",
        does: "orders traffic back to the preferred region, or to one that is out",
        members: &[
            APPLICATION,
            may("to", "the region that serves again; needed where more than one is out"),
            FORCE,
            AUTHOR,
            REASON,
        ],
    },
    Command {
        name: "pause",
        does: "keeps every controller from moving anything, for a time",
        members: &[
            ANY_APPLICATION,
            AUTHOR,
            REASON,
            may("for", "a duration such as 90m or 7d, at most 30d; either for or until"),
            may("until", "a time such as 2026-11-22T12:00:00Z, at most 30 days ahead; either for or until"),
        ],
    },
    Command {
        name: "resume",
        does: "ends a pause before its time",
        members: &[ANY_APPLICATION, AUTHOR, REASON],
    },
    Command {
        name: "acknowledge",
        does: "says that a person has seen the newest move: a restore then waits for the shorter cool-down",
        members: &[APPLICATION, AUTHOR, may("reason", "a text of 1 to 500 characters: why")],
    },
    Command {
        name: "cancel",
        does: "gives up a run that Route 53 has not accepted",
        members: &[APPLICATION, RUN, AUTHOR, REASON],
    },
    Command {
        name: "retry",
        does: "lets a run that failed go on",
        members: &[APPLICATION, RUN, AUTHOR, REASON],
    },
];

impl Command {
    /// The command of that verb.
    pub fn of(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// One of its members.
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// A command as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Help {
    /// Its verb.
    pub command: &'static str,
    /// What it does.
    pub does: &'static str,
    /// Its members, each with what it may be.
    pub members: Vec<String>,
}

/// Every command with its members.
pub fn help() -> Vec<Help> {
    let word = |member: &Member| {
        let need = if member.needed { "needed" } else { "optional" };
        format!("{} ({need}): {}", member.name, member.allowed)
    };
    let of = |command: &Command| Help {
        command: command.name,
        does: command.does,
        members: command.members.iter().map(word).collect(),
    };
    COMMANDS.iter().map(of).collect()
}

/// The verbs, in one line.
pub(super) fn verbs() -> String {
    COMMANDS.map(|command| command.name).join(", ")
}
