//! Where figures come from: without it they say little.

use serde::Serialize;

/// The machine.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// How many cores may be used.
    pub cores: usize,
    /// The processor, as it calls itself.
    pub processor: String,
    /// The version of the Linux kernel.
    pub kernel: String,
    /// How many processes wanted to run in the last minute, when the run began: above the number of cores,
    /// times are noisy.
    pub load: f64,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let load = read("/proc/loadavg");
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: processor(&read("/proc/cpuinfo")).to_owned(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load: load.split(' ').next().and_then(|one| one.parse().ok()).unwrap_or_default(),
        }
    }
}

fn read(file: &str) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}

fn processor(information: &str) -> &str {
    let line = information.lines().find(|line| line.starts_with("model name"));
    line.and_then(|line| line.split_once(':')).map_or("unknown", |(_, name)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_named_as_the_kernel_does() {
        assert_eq!(
            processor("processor\t: 0\nmodel name\t: A fast one @ 3 GHz\nflags : x\n"),
            "A fast one @ 3 GHz"
        );
        assert_eq!(processor(""), "unknown");
    }
}
