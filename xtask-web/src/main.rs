//! The heavy half of the web tasks: `cargo xtask web` and its sisters build what is needed and then run this.

mod bundle;
mod cases;
mod example;
mod marking;
mod page;
mod paths;
mod sizes;
mod study;
mod weights;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["build", modules] => build(modules.as_ref()),
        ["cases"] => cases::write_files(),
        ["agreement", folders @ ..] => study::agreement(folders),
        ["measure"] => study::measure(),
        _ => Err("run by `cargo xtask`; see `cargo xtask help`".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask-web: {message}");
            ExitCode::from(2)
        }
    }
}

/// From the folder of modules that the compiler made to package and page.
fn build(modules: &Path) -> Result<(), String> {
    weights::write_down(&paths::read(&modules.join("pictures.wasm"))?)?;
    bundle::write_package(modules)?;
    example::write_files()?;
    page::assemble()?;
    sizes::check()
}
