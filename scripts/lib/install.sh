# What the scripts need of the machine; sourced, not run.

# Installs Debian packages that are missing.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "these packages are missing, and installing them needs root: ${missing[*]}"
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A Python with these packages in .build/NAME.
make_python() {
    local venv=.build/$1 wanted="${*:2}"
    if [ "$(cat "$venv/wanted" 2>/dev/null)" != "$wanted" ]; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
        echo "$wanted" >"$venv/wanted"
    fi
}

require_swift() {
    command -v swift >/dev/null || fail "Swift 6.2 or later has to be on the PATH: https://www.swift.org/install/linux/"
}

fail() {
    echo "$0: $*" >&2
    exit 1
}
