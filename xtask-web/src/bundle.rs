//! The npm package: what wasm-bindgen makes of the compiler's module, made small by wasm-opt, with our front.

use std::path::Path;
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::paths::{bindings, clear, copy_folder, package, read, root, write};

/// Name of the generated files.
const NAME: &str = "watermark_wasm";

/// What wasm-opt is told. The features are those that the compiler uses; `-Oz` was 0.3 % smaller once compressed and up
/// to 10 % slower.
const OPTIMISE: [&str; 9] = [
    "-O3",
    "--converge",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--strip-producers",
];

/// Writes the package.
pub(crate) fn write_front(folder: &Path) -> Result<(), String> {
    copy_folder(&bindings().join("js"), folder)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        write(&folder.join(licence), &read(&root().join(licence))?)?;
    }
    Ok(())
}

/// Makes the package of the module that the compiler left.
pub(crate) fn write_bindings(module: &Path, folder: &Path) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(NAME).typescript(true).remove_name_section(true).remove_producers_section(true);
    // The package's front says where the module is; a fault needs a fresh instance.
    bindgen.omit_default_module_path(true).reset_state_function(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(folder)).map_err(|error| format!("wasm-bindgen: {error:#}"))
}

/// Both.
pub(crate) fn write_package(module: &Path) -> Result<(), String> {
    let folder = package();
    clear(&folder)?;
    write_front(&folder)?;
    write_bindings(module, &folder)?;
    optimise(&folder.join(format!("{NAME}_bg.wasm")))
}

/// By npm's binaryen, run by Node: some distributions' wasm-opt ends well and leaves a broken file, which is why the
/// tests load what comes out here.
fn optimise(module: &Path) -> Result<(), String> {
    let before = read(module)?.len();
    let tool = bindings().join("node_modules/binaryen/bin/wasm-opt");
    let mut command = Command::new("node");
    command.arg(&tool).arg(module).args(OPTIMISE).arg("-o").arg(module);
    let status = command.status().map_err(|error| format!("node: {error}; Node 20 or later is needed"))?;
    if !status.success() {
        return Err(format!("wasm-opt failed ({status})"));
    }
    println!("wasm-opt: {before} bytes before, {} after", read(module)?.len());
    Ok(())
}
