//! A plan in other words, beside its calls: the commands and the Bicep files that would do the same.

use askama::Template;

use crate::{
    domain::plan::{
        Step,
        az::command,
        bicep::{File, files},
    },
    words::{Text, filters},
};

#[derive(Template)]
#[template(path = "plan/wording.html")]
pub struct Wording {
    /// For a POSIX shell.
    commands: String,
    files: Vec<File>,
    /// Steps that Bicep cannot say.
    left_out: Vec<Text>,
}

impl Wording {
    pub fn of<'a>(steps: impl IntoIterator<Item = &'a Step> + Clone) -> Wording {
        let commands: Vec<String> = steps.clone().into_iter().map(command).collect();
        let (files, left_out) = files(steps);
        Wording { commands: commands.join("\n\n"), files, left_out }
    }
}
