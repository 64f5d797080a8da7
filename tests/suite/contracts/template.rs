//! The template and the functions: what one sets, the other reads.

use understudy::aws::Settings;
use understudy::names::Region;

/// What Lambda itself sets (Lambda Developer Guide, "Defined runtime environment variables").
const BY_LAMBDA: [(&str, &str); 3] =
    [("AWS_REGION", "us-west-2"), ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];

fn template() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml")).unwrap()
}

/// The lines of the environment that the template gives to every function.
fn variables() -> Vec<(String, String)> {
    let template = template();
    let lines = template.lines().skip_while(|line| !line.contains("Variables:")).skip(1);
    let lines = lines.take_while(|line| line.trim_start().starts_with("UNDERSTUDY_"));
    lines.filter_map(|line| line.trim().split_once(": ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

#[test]
fn the_environment_that_the_template_gives_is_enough() {
    let given = variables();
    assert!(!given.is_empty());
    let lookup = |name: &str| {
        let by_lambda =
            BY_LAMBDA.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        by_lambda.or_else(|| given.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
    };
    let settings = Settings::read(lookup).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(settings.region, Region::from("us-west-2"));
    assert_eq!(settings.plan.to_str(), Some("/opt/failover.toml"));
}

#[test]
fn every_function_folder_has_its_resource() {
    let template = template();
    for folder in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions")).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(template.contains(&format!("Binary: {name} ")), "functions/{name} is in no resource");
    }
}
