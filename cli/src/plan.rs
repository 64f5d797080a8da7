//! `understudy plan`: what provisioning would change, and the digest to change it by.

use std::process::ExitCode;

use serde::Serialize;
use understudy::names::ApplicationName;
use understudy::provision::{Adopted, Change, CheckIds, Difference, look};

use crate::args;
use crate::paint::{Colour, Paint};
use crate::{account, file};

/// What is shown.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    digest: String,
    #[serde(flatten)]
    difference: &'a Difference,
}

pub fn run(shown: &args::Show) -> ExitCode {
    let asked = &shown.plan;
    if let Some(format) = shown.ids {
        return match crate::provision::on_its_own(ids(asked)) {
            Ok(ids) => {
                match format {
                    // Cannot fail: every key of every map is a text.
                    args::Ids::Json => println!("{}", serde_json::to_string_pretty(&ids).unwrap_or_default()),
                    args::Ids::Env => print!("{}", ids.env()),
                }
                ExitCode::SUCCESS
            }
            Err(why) => crate::provision::trouble(&why),
        };
    }
    match crate::provision::on_its_own(difference(asked)) {
        Ok(difference) => {
            show(asked, &difference);
            ExitCode::from(u8::from(!is_settled(&difference)))
        }
        Err(why) => crate::provision::trouble(&why),
    }
}

async fn ids(asked: &args::Plan) -> Result<CheckIds, String> {
    let plan = file::plan(&asked.file)?;
    let world = account::world().await?;
    let live = look(&world, &plan).await.map_err(|error| error.to_string())?;
    Ok(CheckIds::of(&plan, &live))
}

async fn difference(asked: &args::Plan) -> Result<Difference, String> {
    let plan = file::plan(&asked.file)?;
    let adopted = adopted(asked, &plan)?;
    let world = account::world().await?;
    let live = look(&world, &plan).await.map_err(|error| error.to_string())?;
    Ok(Difference::between(&plan, &live, &adopted))
}

/// The applications that are to be taken over.
///
/// # Errors
/// The plan knows none of that name.
pub fn adopted(asked: &args::Plan, plan: &understudy::plan::Plan) -> Result<Adopted, String> {
    let known = |name: &String| {
        let name = ApplicationName::new(name);
        let found = plan.application(&name).is_some();
        found.then_some(name.clone()).ok_or_else(|| format!("the plan has no application {name}"))
    };
    asked.adopt.iter().map(known).collect()
}

/// Whether nothing is left to do, and nothing is in the way.
pub fn is_settled(difference: &Difference) -> bool {
    difference.is_empty() && difference.foreign.is_empty()
}

fn show(asked: &args::Plan, difference: &Difference) {
    if asked.json {
        let shown = Shown { digest: difference.digest(), difference };
        // Cannot fail: every key of every map is a text.
        println!("{}", serde_json::to_string_pretty(&shown).unwrap_or_default());
        return;
    }
    print!("{}", told(difference, Paint::of_stdout()));
    if !difference.is_empty() {
        let file = asked.file.display();
        let adopt: String = asked.adopt.iter().map(|name| format!(" --adopt {name}")).collect();
        println!("Apply it: understudy provision {file}{adopt} --digest {}", difference.digest());
    }
}

/// A difference for a person, one change a line.
pub fn told(difference: &Difference, paint: Paint) -> String {
    let change = |change: &Change| match change.changes_what_exists() {
        true => format!("{} {change}\n", paint.paint(Colour::Yellow, "~")),
        false => format!("{} {change}\n", paint.paint(Colour::Green, "+")),
    };
    let foreign = difference.foreign.iter().map(|foreign| {
        let mark = paint.paint(Colour::Red, "!");
        format!("{mark} {}: {}; remedy: {}\n", foreign.application, foreign.what, foreign.remedy)
    });
    let left = difference.left_over.iter().map(|left| {
        let used = if left.used { ", used by a record" } else { ", used by no record of the plan" };
        format!("- left over: check {}: {}{used}\n", left.id, left.what)
    });
    let notes =
        difference.notes.iter().map(|note| format!("{} {note}\n", paint.paint(Colour::Blue, "note:")));
    let lines = difference.changes.iter().map(change).chain(foreign).chain(left);
    let changing = difference.changes.iter().filter(|change| change.changes_what_exists()).count();
    let counts = format!(
        "{} to create, {changing} to change, {} as wanted, {} in the way\n",
        difference.changes.len() - changing,
        difference.same,
        difference.foreign.len()
    );
    lines.chain([counts]).chain(notes).collect()
}
