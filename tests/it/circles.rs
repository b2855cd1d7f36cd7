//! No file imports itself around a circle: what two files need of one another lies in a third below them, so that
//! each can be read knowing only what it imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// A file as a module of its crate.
#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Its place below the crate's root: `["theme", "space"]`.
    path: Vec<String>,
    children: BTreeSet<String>,
    /// What it hands on with `pub use`, by the name it has then.
    handed_on: BTreeMap<String, Vec<String>>,
    /// What it takes in with `use`, by the name it has then.
    brought_in: BTreeMap<String, Vec<String>>,
    /// The paths by which it takes something.
    taken: BTreeSet<Vec<String>>,
}

/// Names that stand for one another are followed this far: some stand for themselves.
const MOST_NAMES: usize = 8;

/// The modules of a crate, by their paths.
type Modules = BTreeMap<Vec<String>, Module>;

fn read(file: &Path, path: Vec<String>, modules: &mut Modules) {
    let text = fs::read_to_string(file).expect("a readable source");
    let code = syn::parse_file(&text).expect("Rust");
    let mut module = Module {
        file: file.to_owned(),
        path: path.clone(),
        ..Module::default()
    };
    module.visit_file(&code);
    let is_face = ["mod.rs", "lib.rs"].iter().any(|name| file.ends_with(name));
    let folder = if is_face {
        file.parent().expect("a folder").to_owned()
    } else {
        file.with_extension("")
    };
    for child in &module.children {
        let as_file = folder.join(format!("{child}.rs"));
        let as_folder = folder.join(child).join("mod.rs");
        let place = if as_file.is_file() {
            as_file
        } else {
            as_folder
        };
        read(
            &place,
            [&path[..], std::slice::from_ref(child)].concat(),
            modules,
        );
    }
    modules.insert(path, module);
}

/// What tests import is their own business.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let of_tests = |attribute: &Attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .meta
                .require_list()
                .is_ok_and(|list| list.tokens.to_string() == "test")
    };
    attributes.iter().any(of_tests)
}

impl Visit<'_> for Module {
    fn visit_item(&mut self, item: &Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        if item.content.is_none() {
            self.children.insert(item.ident.to_string());
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        let is_handed_on = !matches!(item.vis, Visibility::Inherited);
        let mut leaves = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut leaves);
        for (path, name) in leaves {
            if is_handed_on {
                self.handed_on.insert(name, path);
            } else {
                self.taken.insert(path.clone());
                self.brought_in.insert(name, path);
            }
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        // A small name alone may be a variable; what is called by one was imported.
        let is_type = names[0].starts_with(char::is_uppercase);
        if is_type || names.len() > 1 {
            self.taken.insert(names);
        }
        visit::visit_path(self, path);
    }

    /// What is written within a macro is tokens: a path is names joined by `::`.
    fn visit_macro(&mut self, call: &Macro) {
        let text = call.tokens.to_string().replace(" :: ", "::");
        let words = text.split(|letter: char| !(letter.is_alphanumeric() || "_:".contains(letter)));
        let paths = words.filter_map(|word| syn::parse_str::<syn::Path>(word).ok());
        for path in paths {
            self.visit_path(&path);
        }
        visit::visit_macro(self, call);
    }
}

/// The paths of a `use`, each with the name that it brings in.
fn flatten(tree: &UseTree, before: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) {
    let mut leaf = |name: String, shown: String| {
        let path = if name == "self" {
            before.clone()
        } else {
            [&before[..], &[name]].concat()
        };
        found.push((path, shown));
    };
    match tree {
        UseTree::Path(part) => {
            before.push(part.ident.to_string());
            flatten(&part.tree, before, found);
            before.pop();
        }
        UseTree::Name(name) => leaf(name.ident.to_string(), name.ident.to_string()),
        UseTree::Rename(renamed) => leaf(renamed.ident.to_string(), renamed.rename.to_string()),
        // A name that no module has leads to the module itself.
        UseTree::Glob(_) => leaf("*".to_owned(), "*".to_owned()),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, found);
            }
        }
    }
}

/// The file in which what a path leads to is written; `None` if it leads out of the crate.
fn file_of<'a>(
    modules: &'a Modules,
    from: &Module,
    path: &[String],
    depth: usize,
) -> Option<&'a Module> {
    let (first, after) = path.split_first()?;
    let mut at = from.path.clone();
    let mut rest = path;
    match first.as_str() {
        "crate" => (at, rest) = (Vec::new(), after),
        "self" => rest = after,
        "super" => {
            while let Some((_, after)) = rest.split_first().filter(|part| part.0 == "super") {
                at.pop();
                rest = after;
            }
        }
        name if from.children.contains(name) || from.handed_on.contains_key(name) => {}
        name => {
            let further = from.brought_in.get(name).filter(|_| depth < MOST_NAMES)?;
            return file_of(modules, from, &[further, after].concat(), depth + 1);
        }
    }
    let mut module = modules.get(&at)?;
    while let Some((name, after)) = rest.split_first() {
        if module.children.contains(name) {
            at.push(name.clone());
            module = modules.get(&at)?;
            rest = after;
        } else {
            let further = module.handed_on.get(name).filter(|_| depth < MOST_NAMES);
            return match further {
                Some(path) => file_of(modules, module, &[path, after].concat(), depth + 1),
                None => Some(module),
            };
        }
    }
    // A module by its name alone: what is taken from it is said where it is used.
    None
}

/// Files that can be reached from a file along what they import, itself only around a circle.
fn reached<'a>(
    imports: &BTreeMap<&'a Path, BTreeSet<&'a Path>>,
    from: &'a Path,
) -> BTreeSet<&'a Path> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(file) = waiting.pop() {
        for &next in imports.get(file).into_iter().flatten() {
            if found.insert(next) {
                waiting.push(next);
            }
        }
    }
    found
}

#[test]
fn no_file_imports_itself_around_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = fs::read_dir(root.join("crates")).expect("a readable folder");
    let mut folders: Vec<PathBuf> = crates
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.push(root.to_owned());
    let mut circles = Vec::new();
    let mut n_imports = 0;
    for folder in folders {
        let mut modules = Modules::new();
        read(&folder.join("src/lib.rs"), Vec::new(), &mut modules);
        let mut imports: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
        for module in modules.values() {
            let taken = module.taken.iter();
            let files = taken.filter_map(|path| file_of(&modules, module, path, 0));
            let others = files.map(|other| other.file.as_path());
            let others: BTreeSet<&Path> = others.filter(|&other| other != module.file).collect();
            n_imports += others.len();
            imports.insert(&module.file, others);
        }
        for &file in imports.keys() {
            if reached(&imports, file).contains(file) {
                let back = |&&other: &&&Path| reached(&imports, other).contains(file);
                let on_the_way: Vec<String> = imports[file]
                    .iter()
                    .filter(back)
                    .map(|other| shown(root, other))
                    .collect();
                circles.push(format!("{} → {}", shown(root, file), on_the_way.join(", ")));
            }
        }
    }
    assert!(
        n_imports > 1000,
        "the imports are not where they were: {n_imports}"
    );
    assert!(
        circles.is_empty(),
        "these files import themselves around circles:\n{}",
        circles.join("\n")
    );
}

fn shown(root: &Path, file: &Path) -> String {
    file.strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string()
}
