//! Faults planted in the product, to test its testers: one at a time, chosen at run time.
//!
//! A build with the feature `planted` carries them; a build without debug assertions refuses the
//! feature, so that nothing that is deployed can have them. Without the feature [`is`] is `false` for
//! the compiler, and the branches vanish.

#[cfg(all(feature = "planted", not(debug_assertions)))]
compile_error!("the feature `planted` puts faults into the product: it is for tests, never for a release");

/// A fault that can be planted. Each is a mistake that somebody could make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Planted {
    /// For the compiler.
    DwellSkipped,
}

#[cfg(feature = "planted")]
mod sown {
    use std::cell::Cell;

    use super::Planted;

    thread_local! {
        static SOWN: Cell<Option<Planted>> = const { Cell::new(None) };
    }

    /// Plants a fault in whatever this thread runs from now on; none takes it out.
    pub fn sow(fault: Option<Planted>) {
        SOWN.set(fault);
    }

    /// Whether this fault is planted.
    pub fn is(fault: Planted) -> bool {
        SOWN.get() == Some(fault)
    }
}

#[cfg(feature = "planted")]
pub use sown::{is, sow};

/// Nothing can be planted here.
#[cfg(not(feature = "planted"))]
pub fn sow(_fault: Option<Planted>) {}

/// Nothing is planted here.
#[cfg(not(feature = "planted"))]
pub const fn is(_fault: Planted) -> bool {
    false
}
