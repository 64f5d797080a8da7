//! A situation as the rules look at it.

use std::ops::Deref;

use super::Situation;
use crate::dns::{Serving, Units};

/// A situation, and what the record sets say of it: read once, for all the rules that go by it.
pub(super) struct Seen<'a> {
    situation: &'a Situation<'a>,
    /// The serving units of all regions.
    pub units: Units,
    /// Who serves; or what is wrong with the record sets, in words.
    pub serving: Result<Serving, String>,
}

impl<'a> Seen<'a> {
    pub fn of(situation: &'a Situation<'a>) -> Self {
        let (facts, application) = (situation.facts, situation.application);
        let units = facts.units(application);
        let serving = facts.serving_with(application, &units);
        Self { situation, units, serving }
    }

    /// Who serves; as planned where the record sets do not tell.
    pub fn served_by(&self) -> Serving {
        self.serving.clone().unwrap_or_else(|_| self.planned())
    }
}

impl<'a> Deref for Seen<'a> {
    type Target = Situation<'a>;

    fn deref(&self) -> &Situation<'a> {
        self.situation
    }
}
