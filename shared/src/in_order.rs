//! Collecting into ordered maps and sets.

use std::collections::{BTreeMap, BTreeSet};

/// What keeps its entries in order.
pub(crate) trait Tree<T>: Default + Extend<T> {}

impl<K: Ord, V> Tree<(K, V)> for BTreeMap<K, V> {}
impl<T: Ord> Tree<T> for BTreeSet<T> {}

/// Collects one by one.
///
/// `collect` sorts everything first, by a sort of its own for each type: some fifty of them would be a
/// fortieth of every binary, and ours are small maps.
pub(crate) trait InOrder: Iterator + Sized {
    /// All items, in order.
    fn in_order<C: Tree<Self::Item>>(self) -> C {
        let mut tree = C::default();
        tree.extend(self);
        tree
    }
}

impl<I: Iterator> InOrder for I {}
