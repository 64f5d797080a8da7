//! AWS regions: which ones records may name, and how far they are from each other.

/// Latitude and longitude in degrees, rounded: enough to say which of two regions is nearer.
type Place = (f64, f64);

/// The regions of `ResourceRecordSetRegion` (service model 2013-04-01, as of aws-sdk-route53 1.132.0), each
/// with the place by which the twin decides which of two is nearer. Real latency is measured, and differs.
const REGIONS: &[(&str, Place)] = &[
    ("af-south-1", (-34.0, 18.0)),
    ("ap-east-1", (22.0, 114.0)),
    ("ap-east-2", (25.0, 122.0)),
    ("ap-northeast-1", (36.0, 140.0)),
    ("ap-northeast-2", (37.0, 127.0)),
    ("ap-northeast-3", (35.0, 135.0)),
    ("ap-south-1", (19.0, 73.0)),
    ("ap-south-2", (17.0, 78.0)),
    ("ap-southeast-1", (1.0, 104.0)),
    ("ap-southeast-2", (-34.0, 151.0)),
    ("ap-southeast-3", (-6.0, 107.0)),
    ("ap-southeast-4", (-38.0, 145.0)),
    ("ap-southeast-5", (3.0, 102.0)),
    ("ap-southeast-6", (-37.0, 175.0)),
    ("ap-southeast-7", (14.0, 101.0)),
    ("ca-central-1", (45.0, -74.0)),
    ("ca-west-1", (51.0, -114.0)),
    ("cn-north-1", (40.0, 116.0)),
    ("cn-northwest-1", (38.0, 106.0)),
    ("eu-central-1", (50.0, 9.0)),
    ("eu-central-2", (47.0, 8.0)),
    ("eu-north-1", (59.0, 18.0)),
    ("eu-south-1", (45.0, 9.0)),
    ("eu-south-2", (42.0, -1.0)),
    ("eu-west-1", (53.0, -6.0)),
    ("eu-west-2", (52.0, 0.0)),
    ("eu-west-3", (49.0, 2.0)),
    ("eusc-de-east-1", (52.0, 13.0)),
    ("il-central-1", (32.0, 35.0)),
    ("me-central-1", (24.0, 54.0)),
    ("me-south-1", (26.0, 51.0)),
    ("mx-central-1", (21.0, -100.0)),
    ("sa-east-1", (-24.0, -47.0)),
    ("us-east-1", (39.0, -77.0)),
    ("us-east-2", (40.0, -83.0)),
    ("us-gov-east-1", (40.0, -82.0)),
    ("us-gov-west-1", (46.0, -120.0)),
    ("us-west-1", (37.0, -122.0)),
    ("us-west-2", (46.0, -119.0)),
];

/// The regions that a latency record may name.
pub const RECORD_REGIONS: &[&str] = &{
    let mut names = [""; REGIONS.len()];
    let mut at = 0;
    while at < REGIONS.len() {
        names[at] = REGIONS[at].0;
        at += 1;
    }
    names
};

pub(super) fn is_record_region(name: &str) -> bool {
    RECORD_REGIONS.contains(&name)
}

/// How far two regions are apart, in thousandths of the earth's radius; the farthest for an unknown one.
pub(super) fn distance(one: &str, other: &str) -> u32 {
    if one == other {
        return 0;
    }
    match (place(one), place(other)) {
        (Some(one), Some(other)) => great_circle(one, other).clamp(1, u32::MAX - 1),
        _ => u32::MAX,
    }
}

fn place(name: &str) -> Option<Place> {
    REGIONS.iter().find(|(known, _)| *known == name).map(|(_, place)| *place)
}

fn great_circle((lat1, lon1): Place, (lat2, lon2): Place) -> u32 {
    let (lat1, lat2, between) = (lat1.to_radians(), lat2.to_radians(), (lon1 - lon2).to_radians());
    let cosine = lat1.sin() * lat2.sin() + lat1.cos() * lat2.cos() * between.cos();
    (cosine.clamp(-1.0, 1.0).acos() * 1000.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearer_regions_are_nearer() {
        assert_eq!(distance("eu-west-1", "eu-west-1"), 0);
        assert!(distance("eu-west-1", "eu-central-1") < distance("eu-west-1", "us-east-1"));
        assert!(distance("us-west-2", "us-west-1") < distance("us-west-2", "us-east-1"));
        assert_eq!(distance("moon", "us-east-1"), u32::MAX);
    }
}
