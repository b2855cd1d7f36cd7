"""Writes the licences of all crates in the program, or a list of them for machines (an SBOM).

    python3 crates.py licences TARGET     as text: which crate is under which licence, and the texts
    python3 crates.py sbom TARGET         as CycloneDX 1.5 in JSON

TARGET is the platform that the program was built for, such as x86_64-unknown-linux-gnu. Both go to standard output.
It asks cargo, compiles nothing, and needs Python 3.9. Crates that only tests and benchmarks use are left out. The same
lock file gives the same bytes; the date in the SBOM is SOURCE_DATE_EPOCH.
"""

import datetime
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IS_LICENCE = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense|ofl|ftl|patents)", re.IGNORECASE)
IS_CODE = {".rs", ".py", ".toml", ".json", ".sh", ".html"}
RULE = "=" * 100
# Licences whose text names no holder, so that of any crate will do, and how it begins.
HEADINGS = {"BSL-1.0": "Boost Software License", "MPL-2.0": "Mozilla Public License"}


def cargo(*arguments):
    done = subprocess.run(["cargo", *arguments], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def names(target, edges):
    """Name and version of every crate. `cargo tree` knows which features are on; `cargo metadata` lists many more."""
    tree = cargo(
        *("tree", "--locked", "--package", "hourglass", "--edges", edges, "--target", target),
        *("--prefix", "none", "--format", "{p}"),
    )
    pairs = (line.split()[:2] for line in tree.splitlines() if line)
    return {(name, version.lstrip("v")) for name, version in pairs}


class Crate:
    def __init__(self, package, checksum, is_inside):
        self.key = (package["name"], package["version"])
        self.name, self.version = self.key
        self.licence = re.sub(r"\s*/\s*", " OR ", package["license"] or "")  # the old way of writing it
        self.authors = [re.sub(r"\s*<.*>", "", author) for author in package["authors"]]
        self.about = " ".join((package["description"] or "").split())
        self.repository = package["repository"]
        self.folder = Path(package["manifest_path"]).parent
        self.is_own = package["source"] is None
        self.checksum = checksum
        self.is_inside = is_inside  # or needed to build the program
        self.id = package["id"]

    @functools.cached_property
    def texts(self):
        """The files of licences in the crate's folder and the one below it, by their names."""
        found = {}
        if self.is_own:
            return found
        for file in sorted([*self.folder.glob("*"), *self.folder.glob("*/*")]):
            in_place = file.parent == self.folder or IS_LICENCE.match(file.parent.name)
            if in_place and file.is_file() and IS_LICENCE.match(file.name) and file.suffix not in IS_CODE:
                text = file.read_bytes().decode("utf-8", "replace")
                lines = [line.rstrip() for line in text.splitlines()]
                found[str(file.relative_to(self.folder))] = "\n".join(lines).strip("\n")
        return found

    def home(self):
        """The repository without the folder in it: crates of one workspace share their licences."""
        match = re.match(r"https?://([^/]+/[^/]+/[^/]+)", self.repository or "")
        return match.group(1).removesuffix(".git").lower() if match else None


def crates(target):
    metadata = json.loads(cargo("metadata", "--format-version", "1", "--locked", "--filter-platform", target))
    inside = names(target, "normal,no-proc-macro")
    all_names = names(target, "no-dev")
    checksums = {}
    for block in (ROOT / "Cargo.lock").read_text(encoding="utf-8").split("[[package]]"):
        fields = dict(re.findall(r'^(\w+) = "(.*)"$', block, re.MULTILINE))
        if "checksum" in fields:
            checksums[fields["name"], fields["version"]] = fields["checksum"]
    found = []
    for package in metadata["packages"]:
        key = (package["name"], package["version"])
        if key in all_names:
            found.append(Crate(package, checksums.get(key), key in inside))
    missing = all_names - {crate.key for crate in found}
    if missing:
        sys.exit(f"cargo tree and cargo metadata disagree about {sorted(missing)}")
    return sorted(found, key=lambda crate: crate.key), metadata


# ---- licences -----------------------------------------------------------------------------------------


def texts_of(crate, others, apache):
    """The texts of a crate. If it is published without any, those of its repository or of its licence."""
    texts = list(crate.texts.values())
    if texts:
        return texts
    for other in others:
        if other.licence == crate.licence and crate.home() and other.home() == crate.home() and other.texts:
            return list(other.texts.values())
    if crate.licence in HEADINGS:
        found = (text for other in others for text in other.texts.values())
        return [text for text in found if text.lstrip().startswith(HEADINGS[crate.licence])][:1]
    if "Apache-2.0" in crate.licence:
        return [apache]
    if "MIT" in crate.licence:
        holders = ", ".join(crate.authors) or f"the authors of {crate.name}"
        mit = (ROOT / "LICENSE-MIT").read_text(encoding="utf-8").strip("\n")
        return [re.sub(r"^Copyright .*$", f"Copyright (c) {holders}", mit, count=1, flags=re.MULTILINE)]
    return []


def licences(target):
    found, _ = crates(target)
    others = [crate for crate in found if not crate.is_own]
    apache = (ROOT / "LICENSE-APACHE").read_text(encoding="utf-8").strip("\n")

    users = {}  # by text; texts that differ only in spaces count as one
    without = []
    for crate in others:
        texts = texts_of(crate, others, apache)
        for text in texts:
            key = " ".join(text.split())
            users.setdefault(key, (text, []))[1].append(crate)
        if not texts:
            without.append(crate)
    if without:
        named = ", ".join(f"{crate.name} {crate.version} ({crate.licence})" for crate in without)
        sys.exit(f"no text of a licence is known for {named}: add it to assets/desktop/crates.py")

    out = [
        "Hourglass is under the MIT licence or the Apache License 2.0, at your option.",
        f"The program for {target} also contains, or was built with, what is listed here.",
        "",
        "The crates, with their licences:",
        "",
    ]
    out += [f"  {crate.name} {crate.version}: {crate.licence or 'see its text'}" for crate in others]
    out += [
        "",
        "The standard library of Rust (https://www.rust-lang.org): MIT OR Apache-2.0",
        "IBM Plex, four fonts, (c) 2017 IBM Corp. with Reserved Font Name \"Plex\": SIL Open Font License 1.1",
        "Material Symbols (https://github.com/google/material-design-icons), a font: Apache-2.0",
        "",
        "The texts of the licences follow, each once. \"A OR B\" means that you may choose.",
    ]
    plex = (ROOT / "assets/fonts/OFL.txt").read_text(encoding="utf-8").strip("\n")
    groups = [("IBM Plex", plex)]
    rust = "the standard library of Rust; Material Symbols" if " ".join(apache.split()) in users else None
    if rust is None:
        groups.append(("the standard library of Rust; Material Symbols", apache))
    for key, (text, of) in sorted(users.items(), key=lambda item: (-len(item[1][1]), item[1][1][0].key)):
        listed = "; ".join(dict.fromkeys(f"{crate.name} {crate.version}" for crate in of))
        if rust and key == " ".join(apache.split()):
            listed = f"{rust}; {listed}"
        groups.append((listed, text))
    for listed, text in groups:
        out += ["", RULE, f"Of {listed}:", "", text]
    return "\n".join(out) + "\n"


# ---- SBOM ---------------------------------------------------------------------------------------------


def licence_of(crate):
    if not crate.licence:
        return []
    return [{"expression": crate.licence}]


def component(crate):
    purl = f"pkg:cargo/{crate.name}@{crate.version}"
    entry = {
        "type": "library",
        "bom-ref": purl,
        "name": crate.name,
        "version": crate.version,
        "description": crate.about,
        # CycloneDX: "excluded" is what the finished program does not contain.
        "scope": "required" if crate.is_inside else "excluded",
        "licenses": licence_of(crate),
        "purl": purl,
    }
    if crate.checksum:
        entry["hashes"] = [{"alg": "SHA-256", "content": crate.checksum}]
    if crate.repository and re.match(r"https?://\S+$", crate.repository):
        entry["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    return {key: value for key, value in entry.items() if value}


def sbom(target):
    found, metadata = crates(target)
    root = next(crate for crate in found if crate.name == "hourglass")
    refs = {crate.id: f"pkg:cargo/{crate.name}@{crate.version}" for crate in found}
    dependencies = []
    for node in metadata["resolve"]["nodes"]:
        if node["id"] not in refs:
            continue
        # `cargo metadata` also has edges of features that are off, if both crates are here for another reason.
        on = {
            refs[edge["pkg"]]
            for edge in node["deps"]
            if edge["pkg"] in refs and any(kind["kind"] != "dev" for kind in edge["dep_kinds"])
        }
        dependencies.append({"ref": refs[node["id"]], "dependsOn": sorted(on)})
    main = component(root) | {"type": "application"}
    main.pop("scope", None)
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    when = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    lock = hashlib.sha256((ROOT / "Cargo.lock").read_bytes()).hexdigest()
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        # The same for the same program, so that a package can be made again.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{root.version} {target} {lock}')}",
        "version": 1,
        "metadata": {
            "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": main,
            "properties": [{"name": "hourglass:target", "value": target}],
        },
        "components": [component(crate) for crate in found if crate is not root],
        "dependencies": sorted(dependencies, key=lambda entry: entry["ref"]),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main():
    commands = {"licences": licences, "sbom": sbom}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    sys.stdout.buffer.write(commands[sys.argv[1]](sys.argv[2]).encode())


if __name__ == "__main__":
    main()
