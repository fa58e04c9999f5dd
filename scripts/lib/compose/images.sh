# Images; sourced, not run. Sets `build_base` and `base`, on which Tally's is built and stands.
#
# Where no registry can be reached, podman is given stand-ins that bear the public ones' names, in the check's own storage,
# where nobody else takes them for those.

find_images() {
    local synapse
    read -r build_base base < <(sed -n 's/^FROM \([^ ]*\).*/\1/p' docker/Dockerfile | xargs)
    synapse=$(sed -n 's/.*image: \(matrixdotorg.*\)/\1/p' docker/compose.yaml | head -n 1)
    have_image "library/$base" || make_debian
    have_image "library/$build_base" || make_swift "$build_base"
    have_image "$synapse" || make_synapse "$synapse"
}

have_image() {
    "$engine" image inspect "docker.io/$1" >/dev/null 2>&1 && return
    echo "Fetching $1"
    timeout 600 "$engine" pull -q "docker.io/$1" >"$work/pull.log" 2>&1 && return
    [ "$engine" = podman ] || fail "$1 can't be fetched: $(tail -n 1 "$work/pull.log")"
    echo "No registry has it for us: making a stand-in"
    return 1
}

# With what is in the public image, and without what isn't: documentation, translations, apt's caches.
make_debian() {
    local root=$work/debian
    debootstrap --variant=minbase bookworm "$root" >"$work/debootstrap.log" 2>&1 ||
        fail "no Debian could be made: $(tail -n 1 "$work/debootstrap.log")"
    cat >"$root/etc/dpkg/dpkg.cfg.d/docker" <<'END'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
END
    # What apt downloads, and its caches, stay in no layer.
    cat >"$root/etc/apt/apt.conf.d/docker-clean" <<'END'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END
    find "$root/usr/share/doc" -type f ! -name copyright -delete
    rm -rf "$root"/usr/share/{info,locale,man}/* "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*
    tar -C "$root" -c . | podman import -q -c 'CMD ["bash"]' - "docker.io/library/$base" >/dev/null
    rm -rf "$root"
}

# The packages that a toolchain needs, and a PATH to this machine's, which is lent at the build.
make_swift() {
    local toolchain
    toolchain=$(toolchain)
    build_stand_in "library/$1" <<END
FROM docker.io/library/$base
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils ca-certificates gcc git libc6-dev \
    libcurl4-openssl-dev libedit-dev libncurses-dev libpython3-dev libsqlite3-dev libstdc++-12-dev libxml2-dev pkg-config tzdata
ENV PATH=$toolchain/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
END
}

# Synapse of that version from PyPI, started as the public image's start.py does for who isn't root.
make_synapse() {
    build_stand_in "$1" <<END
FROM docker.io/library/$base
ARG PIP_CERT
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends curl python3 python3-pip \
    && pip install -q --break-system-packages --root-user-action=ignore matrix-synapse==${1##*:v} \
    && ln -s /usr/bin/python3 /usr/local/bin/python \
    && printf '#!/bin/sh\nexec python -m synapse.app.homeserver --config-path "\$SYNAPSE_CONFIG_PATH"\n' >/start.py \
    && chmod 755 /start.py
ENTRYPOINT ["/start.py"]
END
}

build_stand_in() {
    local options=()
    # Certificates that pip is to trust here.
    [ -z "${PIP_CERT:-}" ] || options=(-v "$PIP_CERT:/ca.crt:ro" --build-arg PIP_CERT=/ca.crt)
    podman build -q --pull=never --format docker "${options[@]}" -t "docker.io/$1" -f - "$work" \
        >"$work/stand-in.log" 2>&1 || fail "no stand-in for $1: $(tail -n 5 "$work/stand-in.log")"
}

# The folder of this machine's toolchain.
toolchain() {
    require_swift
    local program
    program=$(realpath "$(command -v swift)")
    [[ $program == /*/usr/bin/* ]] || fail "$program: to be lent to the build, the toolchain has to have a folder of its own"
    echo "${program%/usr/bin/*}"
}

build_image() {
    if [ "$engine" = docker ]; then
        "${compose[@]}" -f docker/compose.yaml build
        return
    fi
    local lent=() path
    if ! podman run --rm "docker.io/library/$build_base" sh -c 'command -v swift'; then
        # With the copies of packages that this machine has instead of GitHub's, and the file that says so.
        while read -r path; do
            lent+=(-v "$path:$path:ro")
        done < <({
            toolchain
            git config --show-origin --get-regexp insteadof | tr '\t ' '\n' |
                sed -n 's/^file:\(\/.*\)/\1/p; s/^url\.\(\/.*\)\.insteadof$/\1/p'
        } | sort -u)
    fi
    podman build --pull=never --format docker "${lent[@]}" -t tally -f docker/Dockerfile .
}
