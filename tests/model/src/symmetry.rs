//! States that differ in names only.

use stateright::Representative;

use crate::state::{Message, Record, RunId, Seat, State, Zone};

/// Takers differ by their numbers only: of the states that are equal but for these, one whose takers
/// are in order stands for all. Takers whose tables are alike may stay in either order, which costs
/// states and hides none.
impl Representative for State {
    fn representative(&self) -> Self {
        let mut order: Vec<usize> = (0..self.takers.len()).collect();
        order.sort_by_key(|old| &self.takers[*old]);
        let mut numbers = vec![0; order.len()];
        for (new, old) in (0..).zip(&order) {
            numbers[*old] = new;
        }
        let taker = |old: u8| numbers[usize::from(old)];
        let run = |id: RunId| RunId { taker: taker(id.taker), ..id };
        let record = |of: &Record| Record { run: run(of.run), ..*of };
        let records = |of: &[Record]| of.iter().map(record).collect();
        let mut flight: Vec<_> = self.flight.iter().map(|m| Message { run: run(m.run), ..*m }).collect();
        flight.sort();
        let zone = Zone {
            epochs: records(&self.zone.epochs),
            now: self.zone.now.as_ref().map(record),
            served: self.zone.served.map(|seat| match seat {
                Seat::Taker(old) => Seat::Taker(taker(old)),
                Seat::Preferred => Seat::Preferred,
            }),
        };
        let takers = order.into_iter().map(|old| self.takers[old].clone()).collect();
        Self {
            zone,
            story: records(&self.story),
            flight,
            sweep: self.sweep.as_deref().map(records),
            takers,
            ..*self
        }
    }
}
