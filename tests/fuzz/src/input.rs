//! One input, and the documents that it may have begun as.

use std::path::Path;

use bolero::{TypeGenerator, produce};
use serde_json::Value;

use crate::{Change, Edit};

/// One input, before it is text.
#[derive(Clone, Debug, TypeGenerator)]
pub enum Input {
    /// Bytes from nowhere.
    Bytes(Vec<u8>),
    /// A recorded document, by its number, with a few changes.
    Recorded {
        /// Which.
        document: u8,
        /// Of its tree, where it has one.
        #[generator(produce::<Vec<Change>>().with().len(0_usize..=4))]
        changes: Vec<Change>,
        /// Of its text, after that.
        #[generator(produce::<Vec<Edit>>().with().len(0_usize..=3))]
        edits: Vec<Edit>,
    },
}

/// How a document's text is to be read as a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// As JSON.
    Json,
    /// As TOML.
    Toml,
    /// Not at all.
    Text,
}

impl Grammar {
    fn read(self, document: &[u8]) -> Option<Value> {
        match self {
            Self::Json => serde_json::from_slice(document).ok(),
            Self::Toml => toml::from_slice(document).ok(),
            Self::Text => None,
        }
    }

    /// None where the tree has no such text: TOML knows no null.
    fn write(self, tree: &Value) -> Option<String> {
        match self {
            Self::Json => Some(tree.to_string()),
            Self::Toml => toml::to_string(tree).ok(),
            Self::Text => None,
        }
    }
}

/// Documents as they are really sent.
#[derive(Clone, Debug)]
pub struct Recorded {
    grammar: Grammar,
    documents: Vec<Vec<u8>>,
}

impl Recorded {
    /// These documents.
    ///
    /// # Panics
    /// When there is none.
    pub fn of(grammar: Grammar, documents: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let documents: Vec<Vec<u8>> = documents.into_iter().map(Into::into).collect();
        assert!(!documents.is_empty(), "nothing was recorded");
        Self { grammar, documents }
    }

    /// All files of folders of this repository, in the order of their names.
    ///
    /// # Panics
    /// When a folder cannot be read, or has no file.
    pub fn in_folders(grammar: Grammar, folders: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let files = folders.iter().flat_map(|folder| {
            let entries =
                std::fs::read_dir(root.join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
            entries.map(|entry| entry.expect("readable").path())
        });
        let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
        files.sort();
        Self::of(grammar, files.iter().map(|path| std::fs::read(path).expect("readable")))
    }

    /// The input's bytes.
    pub fn bytes(&self, input: &Input) -> Vec<u8> {
        match input {
            Input::Bytes(bytes) => bytes.clone(),
            Input::Recorded { document, changes, edits } => {
                let whole = &self.documents[usize::from(*document) % self.documents.len()];
                let changed = self.changed(whole, changes).unwrap_or_else(|| whole.clone());
                edits.iter().fold(changed, |bytes, edit| edit.apply(&bytes))
            }
        }
    }

    /// The input's bytes as text. What is none is replaced: who takes text cannot be given anything else.
    pub fn text(&self, input: &Input) -> String {
        String::from_utf8_lossy(&self.bytes(input)).into_owned()
    }

    fn changed(&self, document: &[u8], changes: &[Change]) -> Option<Vec<u8>> {
        if changes.is_empty() {
            return None;
        }
        let mut tree = self.grammar.read(document)?;
        changes.iter().for_each(|change| change.apply(&mut tree));
        self.grammar.write(&tree).map(String::into_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Odd;

    fn input(changes: Vec<Change>, edits: Vec<Edit>) -> Input {
        Input::Recorded { document: 3, changes, edits }
    }

    #[test]
    fn without_changes_a_document_is_what_was_recorded() {
        let recorded = Recorded::of(Grammar::Json, ["{ \"a\": 1 }", "no tree"]);
        assert_eq!(
            recorded.text(&Input::Recorded { document: 2, changes: vec![], edits: vec![] }),
            "{ \"a\": 1 }"
        );
        assert_eq!(recorded.text(&input(vec![Change::Remove(0)], vec![])), "no tree");
    }

    #[test]
    fn trees_are_changed_in_both_grammars() {
        let change = || vec![Change::Replace(1, Odd::Number(7))];
        let json = Recorded::of(Grammar::Json, ["{ \"a\": 1 }"]);
        assert_eq!(json.text(&input(change(), vec![Edit::Cut(4)])), "{\"a\"");
        let toml = Recorded::of(Grammar::Toml, ["a = 1"]);
        assert_eq!(toml.text(&input(change(), vec![])), "a = 7\n");
        let null = vec![Change::Replace(1, Odd::Known(0))];
        assert_eq!(toml.text(&input(null, vec![])), "a = 1", "TOML has no null");
    }
}
