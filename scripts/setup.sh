# shellcheck shell=bash
# Checks what building, opening and testing the program needs, and installs what is missing.
#
# Sourced by the scripts beside it. Nothing happens until one of the `need_` functions is called; each is
# silent when there is nothing to do. Bash 3.2 has to understand it, which is what macOS comes with.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'hourglass: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

# ---- packages of the system ---------------------------------------------------------------------------

# Names of the Debian packages of a group.
packages_of() {
    case $1 in
        build)
            command -v cc >/dev/null || echo gcc
            echo libc6-dev
            echo libvulkan1 # finds the graphics card to train on, with or without a window
            ;;
        window)
            echo libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2
            echo libwayland-client0 libwayland-egl1
            echo libxkbcommon0 libxkbcommon-x11-0
            echo libegl1 libgl1
            echo libgl1-mesa-dri mesa-vulkan-drivers # draw where there is no graphics card
            ;;
        virtual-display) echo xvfb xauth ;;
        download) echo ca-certificates curl ;;
        packages) echo binutils dpkg-dev squashfs-tools python3 ;;
        package-test)
            echo mmdebstrap debian-archive-keyring util-linux squashfs-tools binutils python3 qemu-user
            echo desktop-file-utils appstream shared-mime-info
            ;;
        gnu-parallel) echo parallel ;;
        slurm) echo slurmctld slurmd slurm-client munge ;;
    esac
}

# Libraries that the program opens when its window opens, for systems whose packages are not known here.
WINDOW_LIBRARIES="libX11.so.6 libX11-xcb.so.1 libXcursor.so.1 libXi.so.6 libwayland-client.so.0 \
libwayland-egl.so.1 libxkbcommon.so.0 libxkbcommon-x11.so.0 libEGL.so.1 libGL.so.1"

# need_system GROUP…: the packages of these groups are installed.
need_system() {
    [[ -z ${HOURGLASS_SKIP_SETUP:-} ]] || return 0
    case $(uname -s) in
        Linux)
            if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
                need_debian_packages "$@"
            else
                look_for_compiler
                look_for_libraries "$@"
            fi
            ;;
        Darwin)
            xcode-select -p >/dev/null 2>&1 ||
                fail "there is no compiler: run 'xcode-select --install', then run this again"
            ;;
        *) look_for_compiler ;;
    esac
}

need_debian_packages() {
    local group package missing=() as_root=()
    for group in "$@"; do
        for package in $(packages_of "$group"); do
            is_installed "$package" || missing+=("$package")
        done
    done
    ((${#missing[@]})) || return 0

    if ((EUID != 0)); then
        if ! sudo -n true 2>/dev/null; then
            say "these packages are missing: ${missing[*]}"
            say "install them, then run this again:"
            printf '\n    sudo apt-get install --no-install-recommends %s\n\n' "${missing[*]}" >&2
            fail "(HOURGLASS_SKIP_SETUP=1 skips this check; anything missing then shows up later)"
        fi
        as_root=(sudo -n)
    fi
    say "installing ${missing[*]}"
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2)
    "${as_root[@]}" update </dev/null >&2 ||
        say "the package lists could not be updated; continuing with the existing ones"
    "${as_root[@]}" --option Dpkg::Use-Pty=0 install --yes --no-install-recommends "${missing[@]}" </dev/null >&2 ||
        fail "apt-get did not install ${missing[*]}: see its message above"
}

# Whether a package of this machine's own architecture is installed.
is_installed() {
    local states
    states=$(dpkg-query --show --showformat='${Architecture} ${db:Status-Status}\n' "$1" 2>/dev/null) || return 1
    grep --quiet --extended-regexp "^($(dpkg --print-architecture)|all) installed$" <<<"$states"
}

look_for_compiler() {
    command -v cc >/dev/null || say "no C compiler is found as 'cc', and building needs one to link: install gcc or clang"
}

# Names the libraries of the window that the linker does not know, and goes on: they may be elsewhere.
look_for_libraries() {
    local library known missing=()
    [[ " $* " == *" window "* ]] || return 0
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || return 0
    for library in $WINDOW_LIBRARIES; do
        [[ $known == *"$library "* ]] || missing+=("$library")
    done
    ((${#missing[@]})) || return 0
    say "the window may not open, because these libraries are not found: ${missing[*]}"
    say "  Fedora: sudo dnf install gcc libXcursor libXi libxkbcommon-x11 libwayland-egl mesa-libEGL mesa-libGL mesa-dri-drivers mesa-vulkan-drivers"
    say "  Arch:   sudo pacman -S --needed gcc libxcursor libxi libxkbcommon-x11 wayland mesa vulkan-icd-loader vulkan-swrast"
}

# ---- tools and programs -------------------------------------------------------------------------------

# need_tool TOOL…: what a script calls, for systems whose packages are not known here.
need_tool() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || fail "$tool is missing: on Debian, install $(package_of_tool "$tool")"
    done
}

package_of_tool() {
    case $1 in
        strip | objdump) echo binutils ;;
        dpkg-shlibdeps) echo dpkg-dev ;;
        mksquashfs | unsquashfs) echo squashfs-tools ;;
        rsvg-convert) echo librsvg2-bin ;;
        Xvfb) echo xvfb ;;
        xz) echo xz-utils ;;
        unshare) echo util-linux ;;
        desktop-file-validate) echo desktop-file-utils ;;
        appstreamcli) echo appstream ;;
        update-mime-database) echo shared-mime-info ;;
        qemu-x86_64) echo qemu-user ;;
        *) echo "$1" ;;
    esac
}

# shellcheck disable=SC2034 # for the scripts that make and try packages
NEWEST_GLIBC=2.36 # that of Debian 12, on which packages have to start

# glibc_of PROGRAM: the oldest one that it starts with.
glibc_of() {
    {
        objdump -T "$1" | sed -n 's/.*(\?GLIBC_\([0-9.]*\).*/\1/p'
        objdump -p "$1" | sed -n 's/.*GLIBC_ABI_DT_RELR.*/2.36/p' # packed addresses
    } | sort -Vu | tail -n 1
}

# ---- Rust ---------------------------------------------------------------------------------------------

# Cargo is there and new enough.
need_rust() {
    local wanted found
    local cargo_bin=${CARGO_HOME:-${HOME:-/root}/.cargo}/bin
    # Installed by rustup, but not in the path of this shell.
    if [[ -x $cargo_bin/cargo && ":$PATH:" != *":$cargo_bin:"* ]]; then
        export PATH="$cargo_bin:$PATH"
    fi
    wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$ROOT/Cargo.toml")
    found=$(rust_version)
    if ! is_at_least "$found" "$wanted"; then
        [[ -z ${HOURGLASS_SKIP_SETUP:-} ]] ||
            fail "Rust $wanted or newer is needed; found: ${found:-none}"
        say "Rust $wanted or newer is needed; found: ${found:-none}"
        if command -v rustup >/dev/null; then
            say "installing the stable toolchain with rustup"
            rustup toolchain install stable --profile minimal --no-self-update </dev/null >&2 ||
                fail "rustup could not install it; try 'rustup update stable', then run this again"
            export RUSTUP_TOOLCHAIN=stable
        else
            install_rustup
            export PATH="$cargo_bin:$PATH"
        fi
        hash -r
        found=$(rust_version)
        is_at_least "$found" "$wanted" ||
            fail "Rust is still ${found:-missing}: install $wanted or newer from https://rustup.rs, then run this again"
    fi
}

# need_rust_components COMPONENT…: clippy, rustfmt. After `need_rust`.
need_rust_components() {
    local component
    for component in "$@"; do
        has_component "$component" && continue
        command -v rustup >/dev/null || fail "this Rust installation has no $component: install it, then run this again"
        say "installing $component"
        rustup component add "$component" </dev/null >&2 || fail "rustup could not install $component"
    done
}

# The version of cargo, such as 1.95.0; nothing where there is none.
rust_version() {
    local name version _
    read -r name version _ < <(cargo --version 2>/dev/null) || true
    [[ ${name:-} != cargo ]] || echo "${version:-}"
}

# is_at_least VERSION MINIMUM
is_at_least() {
    local have want part
    [[ -n $1 ]] || return 1
    IFS=. read -r -a have <<<"${1%%[!0-9.]*}"
    IFS=. read -r -a want <<<"$2"
    for part in 0 1 2; do
        if ((${have[part]:-0} != ${want[part]:-0})); then
            ((${have[part]:-0} > ${want[part]:-0}))
            return
        fi
    done
}

has_component() {
    case $1 in
        rustfmt) cargo fmt --version ;;
        *) cargo "$1" --version ;;
    esac >/dev/null 2>&1
}

# Runs the official installer of rustup for this user. It adds itself to the path of new shells.
install_rustup() {
    local installer address
    if ! command -v curl >/dev/null; then
        need_system download
        command -v curl >/dev/null || fail "install Rust from https://rustup.rs, then run this again"
    fi
    installer=$(mktemp)
    # The second address has the same file, and is where the toolchain comes from in any case.
    for address in https://sh.rustup.rs https://static.rust-lang.org/rustup/rustup-init.sh; do
        say "installing Rust for this user with rustup, from $address"
        if curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location \
            --connect-timeout 20 --output "$installer" "$address"; then
            RUSTUP_INIT_SKIP_PATH_CHECK=yes sh "$installer" -y --quiet --profile minimal </dev/null >&2 ||
                fail "rustup could not be installed: see its message above"
            rm -f "$installer"
            return
        fi
    done
    rm -f "$installer"
    fail "the Rust installer cannot be reached: install Rust from https://rustup.rs, then run this again"
}

# ---- display ------------------------------------------------------------------------------------------

# Whether a window can open: elsewhere than on Linux there is always a display.
has_display() {
    [[ $(uname -s) != Linux || -n ${DISPLAY:-}${WAYLAND_DISPLAY:-}${WAYLAND_SOCKET:-} ]]
}

# Runs a command on a virtual display; on the normal one if there is no Xvfb.
on_virtual_display() {
    if command -v xvfb-run >/dev/null; then
        env -u WAYLAND_DISPLAY -u WAYLAND_SOCKET \
            xvfb-run --auto-servernum --server-args='-screen 0 1600x1000x24' "$@"
    else
        "$@"
    fi
}

# Graphics drivers want a private folder for their sockets. A login makes it, a container does not.
need_runtime_dir() {
    local folder
    [[ $(uname -s) == Linux && ! -d ${XDG_RUNTIME_DIR:-} ]] || return 0
    folder=${TMPDIR:-/tmp}/hourglass-runtime-$EUID
    [[ -d $folder ]] || mkdir -m 700 "$folder"
    [[ -O $folder ]] || fail "$folder belongs to another user: set XDG_RUNTIME_DIR to one of your own folders"
    export XDG_RUNTIME_DIR=$folder
}
