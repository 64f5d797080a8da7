//! Who is where: the regions of a lab, and the applications that it serves from them.

use std::net::{IpAddr, Ipv4Addr};

use super::Settings;
use super::names::{APPLICATION, ZONE};

/// Names below this one lead straight to a place, never to wherever an application is served now.
pub const DIRECT: &str = "direct.example.com";

/// What a controller can always reach while its own network works.
const CONTROL_TARGETS: [(&str, Ipv4Addr); 2] =
    [("control-1", Ipv4Addr::new(127, 0, 254, 1)), ("control-2", Ipv4Addr::new(127, 0, 254, 2))];

/// Where packets of a region go whose network is cut: nobody ever answers there.
pub const NOWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 255, 1);

/// A region of the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Where its applications answer; none where it is a witness only.
    pub ip: Option<Ipv4Addr>,
    /// Where its resolvers ask from: Route 53 answers by it under `latency`.
    pub resolver: Ipv4Addr,
    /// Its weight when all is well.
    pub weight: u8,
}

/// An application that the lab serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// How Route 53 chooses among its record sets.
    pub policy: String,
    /// Lower is moved first.
    pub priority: u32,
}

impl Service {
    /// What its users resolve.
    pub fn served(&self) -> String {
        format!("{}.{ZONE}", self.name)
    }

    /// Whether one region serves, and the others wait.
    pub fn is_failover(&self) -> bool {
        self.policy == "failover"
    }
}

/// All places and all applications of a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Every region with a controller; those that serve come first, in the order in which they take over.
    pub places: Vec<Place>,
    /// Every application; the first is the one that marks and numbers tell of.
    pub services: Vec<Service>,
    /// Whether there are control targets.
    pub control: bool,
}

impl Layout {
    /// The layout that a scenario's settings ask for.
    pub fn of(settings: &Settings) -> Self {
        let named = settings.regions.iter().map(|name| (name, true));
        let all = named.chain(settings.witness.iter().map(|name| (name, false)));
        let place = |(number, (name, serves)): (u8, (&String, bool))| Place {
            name: name.clone(),
            ip: serves.then(|| Ipv4Addr::new(127, 0, number, 1)),
            resolver: Ipv4Addr::new(127, 1, number, 1),
            weight: settings.weights.get(usize::from(number) - 1).copied().unwrap_or(100),
        };
        Self {
            places: (1..=250).zip(all).map(place).collect(),
            services: services(settings),
            control: settings.control_targets,
        }
    }

    /// Every region's name.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| place.name.as_str())
    }

    /// The regions that serve, with their addresses.
    pub fn serving(&self) -> impl Iterator<Item = (&str, Ipv4Addr)> {
        self.places.iter().filter_map(|place| Some((place.name.as_str(), place.ip?)))
    }

    /// The region of that name.
    pub fn place(&self, region: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.name == region)
    }

    /// The application that marks and numbers tell of.
    pub fn first(&self) -> &Service {
        &self.services[0]
    }

    /// The application of that name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The application whose users resolve that name.
    pub fn served_as(&self, served: &str) -> Option<&Service> {
        let served = served.trim_end_matches('.');
        self.services.iter().find(|service| service.served() == served)
    }

    /// The region whose applications have this address.
    pub fn region_of(&self, address: IpAddr) -> String {
        let known = self.serving().find(|(_, ip)| IpAddr::V4(*ip) == address);
        known.map_or_else(|| address.to_string(), |(region, _)| region.to_owned())
    }

    /// The region that is asked from this address, as Route 53 takes it from the resolver's.
    pub fn asked_from(&self, address: IpAddr) -> Option<String> {
        let known = self.places.iter().find(|place| IpAddr::V4(place.resolver) == address);
        known.map(|place| place.name.clone())
    }

    /// The region that hosts the alarm about another one: it still speaks when that one is gone.
    pub fn host_of_alarm(&self, about: &str) -> &str {
        let serving: Vec<&str> = self.serving().map(|(region, _)| region).collect();
        let at = serving.iter().position(|region| *region == about).unwrap_or_default();
        serving[(at + 1) % serving.len()]
    }

    /// Every name below [`DIRECT`] with its address.
    pub fn direct(&self) -> Vec<(String, Ipv4Addr)> {
        let regions = self.serving().map(|(region, ip)| (direct(region), ip));
        regions.chain(self.control_targets()).collect()
    }

    /// The control targets, where there are any.
    pub fn control_targets(&self) -> Vec<(String, Ipv4Addr)> {
        let targets = CONTROL_TARGETS.iter().filter(|_| self.control);
        targets.map(|(name, ip)| (direct(name), *ip)).collect()
    }
}

/// The name that always leads to that place.
pub fn direct(place: &str) -> String {
    format!("{place}.{DIRECT}")
}

/// The applications: the one that every lab has, and those that the settings add. In a crowd the names are in
/// the opposite order of the priorities, so that neither passes for the other.
fn services(settings: &Settings) -> Vec<Service> {
    let service =
        |name: String, policy: &str, priority| Service { name, policy: policy.to_owned(), priority };
    let crowd = u32::from(settings.applications);
    let first = service(APPLICATION.to_owned(), &settings.policy, crowd);
    let others =
        (2..=crowd).map(|number| service(format!("app-{number:02}"), &settings.policy, crowd + 1 - number));
    let beside =
        settings.beside.iter().map(|beside| service(beside.name.clone(), &beside.policy, beside.priority));
    [first].into_iter().chain(others).chain(beside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(settings: &[(&str, &str)]) -> Layout {
        let mut all = Settings::default();
        settings.iter().for_each(|(key, value)| all.set(key, value).unwrap());
        Layout::of(&all)
    }

    #[test]
    fn each_region_has_an_address_and_a_resolver_of_its_own() {
        let layout = layout(&[("regions", "us-east-1 us-west-2 eu-west-1"), ("witness", "ca-central-1")]);
        assert_eq!(layout.regions().count(), 4);
        assert_eq!(layout.serving().count(), 3);
        assert_eq!(layout.region_of("127.0.3.1".parse().unwrap()), "eu-west-1");
        assert_eq!(layout.asked_from("127.1.4.1".parse().unwrap()).as_deref(), Some("ca-central-1"));
        assert_eq!(layout.asked_from("127.0.0.1".parse().unwrap()), None);
    }

    #[test]
    fn an_alarm_is_hosted_where_it_still_speaks() {
        let two = layout(&[]);
        assert_eq!(
            (two.host_of_alarm("us-east-1"), two.host_of_alarm("us-west-2")),
            ("us-west-2", "us-east-1")
        );
        let three = layout(&[("regions", "us-east-1 us-west-2 eu-west-1")]);
        assert_eq!(three.host_of_alarm("us-west-2"), "eu-west-1");
        assert_eq!(three.host_of_alarm("eu-west-1"), "us-east-1");
    }

    #[test]
    fn a_crowd_has_priorities_against_the_order_of_its_names() {
        let crowd = layout(&[("applications", "3")]);
        let each: Vec<(&str, u32)> =
            crowd.services.iter().map(|service| (service.name.as_str(), service.priority)).collect();
        assert_eq!(each, [("shop", 3), ("app-02", 2), ("app-03", 1)]);
    }

    #[test]
    fn an_application_beside_the_first_has_a_policy_of_its_own() {
        let both = layout(&[("beside", "pay latency 5")]);
        let pay = both.served_as("pay.example.com.").unwrap();
        assert_eq!((pay.name.as_str(), pay.policy.as_str(), pay.priority), ("pay", "latency", 5));
    }
}
