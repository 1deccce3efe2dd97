//! The harness finds what it is there to find: a copy of the sources with a mistake in it must be told
//! apart from the sources, which pass the same stories in the short set. A patch that no longer applies
//! fails here too.
#![expect(
    clippy::unwrap_used,
    reason = "in a test, what cannot be is best shown by where it was not"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What lies in the project and is no part of its sources.
const NO_SOURCES: [&str; 6] =
    [".git", "target", "screenshots", "node_modules", ".venv", ".venv-az"];

/// Each mistake, what is done to the portal that has it, and what is said of that.
const PLANTED: [(&str, &[&str], &str); 3] = [
    ("settle-without-lease", &["--late", "create:3"], "whoever had lost the lease"),
    ("put-with-a-fresh-guid", &["--sweep", "access:unanswered:3"], "approved was PUT"),
    (
        "history-outside-the-transaction",
        &["--sweep", "create:committed"],
        "the history does not tell",
    ),
];

#[test]
fn each_planted_mistake_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let copy = copied(root);
    for (name, ..) in PLANTED {
        plant(&root.join(format!("chaos/planted/{name}.patch")), &copy);
    }
    // A build takes a minute: all mistakes are in one, and each is awake in the program of its name.
    let built = built(root, &copy);
    for (name, arguments, words) in PLANTED {
        let program = built.with_file_name(name);
        fs::copy(&built, &program).unwrap();
        let (good, said) = tell(&program, arguments);
        assert!(!good && said.contains(words), "{name} was not found: {said}");
        assert!(said.contains("again: cargo run -p chaos -- "), "how to see it again: {said}");
        fs::remove_file(program).unwrap();
    }
}

fn plant(patch: &Path, copy: &Path) {
    let applied = Command::new("git")
        .args(["apply", "-C1", "--whitespace=nowarn"])
        .arg(patch)
        .current_dir(copy)
        // The copy lies in the folder of another repository, which is none of its business.
        .env("GIT_CEILING_DIRECTORIES", copy.parent().unwrap())
        .output()
        .unwrap();
    let why = text(&applied);
    assert!(applied.status.success(), "{patch:?} does not apply any more; plant it anew: {why}");
}

/// A fresh copy, always in the same place: what did not change is not compiled again.
fn copied(root: &Path) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted");
    sync(root, &copy);
    // Its program has another name, so that it does not take the place of the true one.
    let manifest = copy.join("chaos/Cargo.toml");
    let named = fs::read_to_string(&manifest).unwrap();
    let renamed = named.replace("name = \"chaos\"", "name = \"planted\"");
    assert_ne!(named, renamed);
    fs::write(&manifest, renamed).unwrap();
    // Nor do its libraries: cargo tells the packages of two workspaces in one folder apart by name and
    // version alone, and would give the mistakes to the next build of the true ones.
    let workspace = copy.join("Cargo.toml");
    let versioned = fs::read_to_string(&workspace).unwrap();
    let other = versioned.replacen("version = \"0.", "version = \"1000.", 1);
    assert_ne!(versioned, other);
    fs::write(&workspace, other).unwrap();
    let lock = copy.join("Cargo.lock");
    let locked = fs::read_to_string(&lock).unwrap();
    fs::write(&lock, locked.replace("name = \"chaos\"", "name = \"planted\"")).unwrap();
    copy
}

/// Writes only what differs: the compiler goes by the time of a file. What is gone there goes here.
fn sync(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for kept in fs::read_dir(to).unwrap().map(Result::unwrap) {
            if !from.join(kept.file_name()).exists() {
                let path = kept.path();
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
                    .unwrap();
            }
        }
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            if !NO_SOURCES.iter().any(|name| entry.file_name() == *name) {
                sync(&entry.path(), &to.join(entry.file_name()));
            }
        }
        return;
    }
    let wanted = fs::read(from).unwrap();
    if fs::read(to).ok().as_ref() != Some(&wanted) {
        fs::write(to, wanted).unwrap();
    }
}

fn built(root: &Path, copy: &Path) -> PathBuf {
    // The same folder as the true one's: what is not ours is compiled already.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut build = Command::new(env!("CARGO"));
    // What the cargo that runs this test has set for it makes build scripts run again, and with them
    // nearly everything.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_")) {
        if name != "CARGO_HOME" {
            build.env_remove(name);
        }
    }
    let build = build
        .args(["build", "--quiet", "--offline", "--package", "planted", "--target-dir"])
        .arg(target)
        .arg("--manifest-path")
        .arg(copy.join("Cargo.toml"))
        .current_dir(root)
        .output()
        .unwrap();
    assert!(build.status.success(), "{}", text(&build));
    target.join("debug/planted")
}

/// Tells these stories on SQLite; whether all was well, and what was said.
fn tell(program: &Path, arguments: &[&str]) -> (bool, String) {
    let told =
        Command::new(program).args(["--database", "sqlite"]).args(arguments).output().unwrap();
    (told.status.success(), text(&told))
}

fn text(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}
