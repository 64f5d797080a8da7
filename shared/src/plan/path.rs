//! Where something stands in the plan, as keys and indices.

use std::fmt;
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    // Shared: a long key with many values must not be kept once for each.
    Key(Rc<str>),
    Index(usize),
}

/// A place in the plan file, such as `application.shop.region[0]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path(Vec<Step>);

impl Path {
    pub(super) fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.into()))
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => write!(f, "{}{}", if place == 0 { "" } else { "." }, Key(key))?,
            }
        }
        Ok(())
    }
}

/// A key as TOML would write it: bare where that is allowed, and cut short where it is long.
struct Key<'t>(&'t str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 64;
        let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (1..=LONGEST).contains(&self.0.len()) && self.0.bytes().all(bare) {
            return f.write_str(self.0);
        }
        f.write_str(&super::fault::seen(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_people_say_it() {
        let path = Path::default().key("application").key("my shop").key("region").index(1).key("signals");
        assert_eq!(path.to_string(), "application.\"my shop\".region[1].signals");
    }
}
