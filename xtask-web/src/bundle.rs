//! The npm package: what wasm-bindgen makes of the compiler's modules, made small by wasm-opt, with our fronts.

use std::path::Path;
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::paths::{bindings, clear, copy_folder, package, read, root, write};

/// Modules as the compiler leaves them, and the name of the files that are generated for each.
const MODULES: [(&str, &str); 2] = [("pictures.wasm", "watermark_wasm"), ("films.wasm", "watermark_films")];

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

/// Writes our part of the package.
fn write_front(folder: &Path) -> Result<(), String> {
    copy_folder(&bindings().join("js"), folder)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        write(&folder.join(licence), &read(&root().join(licence))?)?;
    }
    Ok(())
}

/// Makes what loads a module.
fn write_bindings(module: &Path, name: &str, folder: &Path) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).typescript(true).remove_name_section(true).remove_producers_section(true);
    // The package's front says where the module is; a fault needs a fresh instance.
    bindgen.omit_default_module_path(true).reset_state_function(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(folder)).map_err(|error| format!("wasm-bindgen: {error:#}"))
}

/// Makes the package of the modules in a folder.
pub(crate) fn write_package(modules: &Path) -> Result<(), String> {
    let folder = package();
    clear(&folder)?;
    write_front(&folder)?;
    for (module, name) in MODULES {
        write_bindings(&modules.join(module), name, &folder)?;
        optimise(&folder.join(format!("{name}_bg.wasm")))?;
    }
    Ok(())
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
