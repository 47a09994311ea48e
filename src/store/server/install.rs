//! The command that installs a missing server on this system.

/// A server that AIMod, or its tests, may need from the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// The PostgreSQL server programs.
    Postgres,
    /// The PostgreSQL client programs, `pg_dump` among them.
    PostgresClient,
    /// The Redis server.
    Redis,
}

/// The command that installs `package` on the system we run on.
#[must_use]
pub fn install_command(package: Package) -> String {
    let os_release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let root = rustix::process::geteuid().is_root();
    command_for(package, &os_release, cfg!(target_os = "macos"), root)
}

fn command_for(package: Package, os_release: &str, macos: bool, root: bool) -> String {
    if macos {
        return match package {
            Package::Postgres | Package::PostgresClient => "brew install postgresql@17".to_owned(),
            Package::Redis => "brew install redis".to_owned(),
        };
    }
    let families = families(os_release);
    let (tool, names) = FAMILIES
        .iter()
        .find(|(family, _, _)| families.iter().any(|name| name == family))
        .map_or(
            (
                "apt-get install -y",
                ["postgresql", "redis-server", "postgresql-client"],
            ),
            |found| (found.1, found.2),
        );
    let sudo = if root { "" } else { "sudo " };
    let name = match package {
        Package::Postgres => names[0],
        Package::Redis => names[1],
        Package::PostgresClient => names[2],
    };
    format!("{sudo}{tool} {name}")
}

/// Family of systems, its tool, and the names of PostgreSQL's and Redis' server and PostgreSQL's client packages there.
const FAMILIES: [(&str, &str, [&str; 3]); 8] = [
    (
        "debian",
        "apt-get install -y",
        ["postgresql", "redis-server", "postgresql-client"],
    ),
    (
        "ubuntu",
        "apt-get install -y",
        ["postgresql", "redis-server", "postgresql-client"],
    ),
    (
        "fedora",
        "dnf install -y",
        ["postgresql-server", "redis", "postgresql"],
    ),
    (
        "rhel",
        "dnf install -y",
        ["postgresql-server", "redis", "postgresql"],
    ),
    (
        "arch",
        "pacman -S --needed",
        ["postgresql", "redis", "postgresql"],
    ),
    (
        "alpine",
        "apk add",
        ["postgresql", "redis", "postgresql-client"],
    ),
    (
        "suse",
        "zypper install -y",
        ["postgresql-server", "redis", "postgresql"],
    ),
    (
        "opensuse",
        "zypper install -y",
        ["postgresql-server", "redis", "postgresql"],
    ),
];

/// The system's own id first, then those it is like.
fn families(os_release: &str) -> Vec<String> {
    ["ID=", "ID_LIKE="]
        .iter()
        .filter_map(|key| os_release.lines().find_map(|line| line.strip_prefix(key)))
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_own_command() {
        let command = |os_release| command_for(Package::Postgres, os_release, false, false);
        assert_eq!(command("ID=debian\n"), "sudo apt-get install -y postgresql");
        assert_eq!(
            command("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            "sudo apt-get install -y postgresql"
        );
        assert_eq!(
            command("ID=fedora\n"),
            "sudo dnf install -y postgresql-server"
        );
        assert_eq!(
            command("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
            "sudo dnf install -y postgresql-server"
        );
        assert_eq!(command("ID=arch\n"), "sudo pacman -S --needed postgresql");
        assert_eq!(
            command("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n"),
            "sudo zypper install -y postgresql-server"
        );
    }

    #[test]
    fn root_needs_no_sudo_and_a_mac_has_brew() {
        assert_eq!(
            command_for(Package::Redis, "ID=debian\n", false, true),
            "apt-get install -y redis-server"
        );
        assert_eq!(
            command_for(Package::Postgres, "", true, false),
            "brew install postgresql@17"
        );
        let client = |os_release| command_for(Package::PostgresClient, os_release, false, true);
        assert_eq!(
            client("ID=debian\n"),
            "apt-get install -y postgresql-client"
        );
        assert_eq!(client("ID=fedora\n"), "dnf install -y postgresql");
    }
}
