//! From the text of a file to a scenario, or to all its faults.

use super::event::{actions, ending, moment};
use super::expects::expectation;
use super::faults::{Fault, Faults};
use super::line::{Read, Words};
use super::{Ending, Expected, LONGEST, Scenario};
use crate::world::{Layout, Settings};

impl Scenario {
    /// Reads a scenario; `file` is the name to show in faults.
    ///
    /// # Errors
    /// Every fault of the file.
    pub fn parse(text: &str, file: &str) -> Result<Self, Faults> {
        let mut scenario = Self {
            about: String::new(),
            settings: Settings::default(),
            also_native: Vec::new(),
            script: Vec::new(),
            ending: Ending { when: None, at_most: LONGEST },
            kills: false,
            expectations: Vec::new(),
        };
        let mut faults = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let said = line.split('#').next().unwrap_or_default().trim();
            if said.is_empty() {
                continue;
            }
            if let Err(problem) = scenario.read(number + 1, said) {
                faults.push(Fault { line: number + 1, problem });
            }
        }
        faults.extend(scenario.missing());
        if faults.is_empty() { Ok(scenario) } else { Err(Faults { file: file.to_owned(), faults }) }
    }

    fn read(&mut self, line: usize, said: &str) -> Read<()> {
        let mut words = Words::of(said);
        match words.word("a word")? {
            "about" => {
                self.about = format!("{} {}", self.about, words.rest()).trim().to_owned();
                return Ok(());
            }
            "set" => {
                let key = words.word("a setting")?;
                self.settings.set(key, words.rest())?;
                return Ok(());
            }
            "also" => {
                words.expect("native")?;
                self.also_native.push(words.word("backstop or off")?.to_owned());
            }
            first @ ("at" | "when") => {
                let moment = moment(first, &mut words)?;
                self.script.extend(actions(moment, &mut words)?);
            }
            "ends" => self.ending = ending(&mut words)?,
            "kill" => {
                words.expect("before and after each call of a run")?;
                self.kills = true;
            }
            "expect" => {
                let what = expectation(&mut words)?;
                let only_native = if words.take("if native") {
                    Some(words.word("backstop or off")?.to_owned())
                } else {
                    None
                };
                self.expectations.push(Expected { line, text: said.to_owned(), what, only_native });
            }
            other => {
                return Err(format!(
                    "{other:?} begins no line: write about, set, also, at, when, ends, kill or expect"
                ));
            }
        }
        words.end()
    }

    /// What the file as a whole lacks.
    fn missing(&self) -> Vec<Fault> {
        let lacks =
            |lacking: bool, problem: &str| lacking.then(|| Fault { line: 0, problem: problem.to_owned() });
        let layout = Layout::of(&self.settings);
        let named = self.script.iter().flat_map(|(_, action)| action.regions());
        let stranger = named.chain(self.settings.users.iter().map(String::as_str));
        let stranger = stranger.clone().find(|region| layout.place(region).is_none());
        let problem =
            stranger.map(|region| format!("{region} is none of its regions: add it to `set regions`"));
        [
            problem.map(|problem| Fault { line: 0, problem }),
            lacks(self.about.is_empty(), "it does not say what it is about: add a line `about ...`"),
            lacks(self.expectations.is_empty(), "it expects nothing: add a line `expect ...`"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
