//! Ids as Route 53 forms them. A newtype each, so that a zone's id cannot be given where a change's belongs.

use super::noise::Noise;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The bare id, without `/hostedzone/` or `/change/`.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

id! {
    /// A hosted zone's id: `Z` and 20 upper-case letters or digits.
    ZoneId
}
id! {
    /// A change's id: `C` and 20 upper-case letters or digits (at most 32, Route 53 API reference, `ChangeInfo`).
    ChangeId
}
id! {
    /// A health check's id: a UUID.
    HealthCheckId
}

impl ZoneId {
    pub(super) fn draw(noise: Noise) -> Self {
        Self(format!("Z{}", alphanumerics(noise)))
    }
}

impl ChangeId {
    pub(super) fn draw(noise: Noise) -> Self {
        Self(format!("C{}", alphanumerics(noise)))
    }
}

impl HealthCheckId {
    pub(super) fn draw(noise: Noise) -> Self {
        let (high, low) = (noise.at("high").value(), noise.at("low").value());
        Self(format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        ))
    }
}

fn alphanumerics(noise: Noise) -> String {
    const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (0..20_u64).map(|place| char::from(ALPHABET[(noise.at(place).value() % 36) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_service_s_form_and_follow_from_the_seed() {
        let zone = ZoneId::draw(Noise::seeded(1));
        assert_eq!(zone, ZoneId::draw(Noise::seeded(1)));
        assert_ne!(zone, ZoneId::draw(Noise::seeded(2)));
        assert!(zone.as_str().starts_with('Z') && zone.as_str().len() == 21);
        let check = HealthCheckId::draw(Noise::seeded(1));
        assert_eq!(check.as_str().split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
