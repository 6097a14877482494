//! Building for wasm32. Two compilers can do it, and one path here serves both:
//!
//! - the toolchain that runs this task, when it has the target's standard library
//!   (`rustup target add wasm32-unknown-unknown`);
//! - a distribution's compiler, which has the standard library as source and builds it along (on Debian the packages
//!   rustc-web, cargo-web, rust-web-src and lld).
//!
//! Nothing is downloaded or installed here.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::{Outcome, Run, target_dir};

const TARGET: &str = "wasm32-unknown-unknown";

/// What has to build. Without their default features none of them needs C.
const PACKAGES: [&str; 5] = ["-p", "watermark-core", "-p", "watermark-media", "--no-default-features"];

/// Nothing is run here, so nothing is optimised: this takes a fifth of the time.
const UNOPTIMISED: [&str; 6] = [
    "--config",
    "profile.dev.opt-level=0",
    "--config",
    "profile.dev.debug=false",
    "--config",
    "profile.dev.package.\"*\".opt-level=0",
];

/// A pair of compiler and cargo, and whether they have to build the standard library first.
struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    std_from_source: bool,
}

/// Says which compiler may be used: `rustup` or `distribution`; whichever can, when it is not set.
const CHOICE: &str = "WASM_TOOLCHAIN";

/// Builds everything in [`PACKAGES`].
pub(crate) fn check() -> Outcome {
    Toolchain::find()?.build("wasm-check", PACKAGES.iter().chain(&UNOPTIMISED))
}

/// Builds the bindings for browsers, once for each of the features that are modules of their own, and gives the folder in
/// which the modules are, by the names of the features.
pub(crate) fn build_bindings(features: [&str; 2]) -> Outcome<PathBuf> {
    let toolchain = Toolchain::find()?;
    let folder = target_dir().join("wasm").join(TARGET).join("web");
    let bindings = ["-p", "watermark-wasm", "--profile", "web", "--no-default-features", "--features"];
    for feature in features {
        toolchain.build("wasm", bindings.iter().chain(&[feature]))?;
        let module = folder.join(format!("{feature}.wasm"));
        fs::copy(folder.join("watermark_wasm.wasm"), &module)
            .map_err(|error| format!("{}: cannot be written: {error}", module.display()))?;
    }
    Ok(folder)
}

impl Toolchain {
    /// The first that can, of those that may be used.
    fn find() -> Outcome<Self> {
        let choice = env::var(CHOICE).unwrap_or_default();
        let found = match choice.as_str() {
            "" => Self::ours().or_else(Self::of_the_distribution),
            "rustup" => Self::ours(),
            "distribution" => Self::of_the_distribution(),
            other => return Err(format!("{CHOICE} is {other}; it can be rustup or distribution")),
        };
        let toolchain = found.ok_or_else(|| {
            format!(
                "no compiler for {TARGET} here: run `rustup target add {TARGET}`, or on Debian `apt-get install \
                 --no-install-recommends rustc-web cargo-web rust-web-src lld`"
            )
        })?;
        let version = Run::new(&toolchain.rustc).args(["--version"]).line().unwrap_or_default();
        let std = if toolchain.std_from_source { ", standard library from source" } else { "" };
        eprintln!("xtask: building for {TARGET} with {version}{std}");
        Ok(toolchain)
    }

    /// The toolchain that runs this task.
    fn ours() -> Option<Self> {
        let program =
            |variable, otherwise: &str| PathBuf::from(env::var_os(variable).unwrap_or_else(|| otherwise.into()));
        let (cargo, rustc) = (program("CARGO", "cargo"), program("RUSTC", "rustc"));
        let libraries = Run::new(&rustc).args(["--print", "target-libdir", "--target", TARGET]).line()?;
        let mut files = Path::new(&libraries).read_dir().ok()?.flatten();
        let has_std = files.any(|file| file.file_name().to_string_lossy().starts_with("libstd-"));
        has_std.then_some(Self { cargo, rustc, std_from_source: false })
    }

    /// The distribution's, with its source and linker.
    fn of_the_distribution() -> Option<Self> {
        let at = |name| Some(Path::new("/usr/bin").join(name)).filter(|path| path.is_file());
        let (cargo, rustc) = (at("cargo")?, at("rustc")?);
        at("wasm-ld")?;
        let sysroot = Run::new(&rustc).args(["--print", "sysroot"]).line()?;
        let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml");
        source.is_file().then_some(Self { cargo, rustc, std_from_source: true })
    }

    /// Runs `cargo build` with these arguments, into a directory of its own below the target directory: another
    /// compiler's results in the same one would be thrown away in turn.
    fn build(&self, directory: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Outcome {
        let mut run = Run::new(&self.cargo)
            .args(["build", "--locked", "--target", TARGET])
            .args(arguments)
            .env("RUSTC", &self.rustc)
            .env("CARGO_TARGET_DIR", target_dir().join(directory))
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-C target-feature=+simd128")
            // Either would be taken instead of the flags above.
            .without_env("RUSTFLAGS")
            .without_env("CARGO_ENCODED_RUSTFLAGS");
        if self.std_from_source {
            run = run
                .args(["-Zbuild-std=std,panic_abort"])
                // Lets a stable compiler take the -Z above, for this command alone.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "/usr/bin/wasm-ld");
            // What the toolchain that runs this task has set for itself.
            for variable in ["RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO"]
            {
                run = run.without_env(variable);
            }
        }
        run.run()
    }
}
